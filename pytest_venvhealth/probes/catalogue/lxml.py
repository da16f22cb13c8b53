# imports: lxml, lxml.etree, lxml.html
# exercises: parsing and errors, XPath, ElementPath, namespaces, XSLT, validation by DTD, by XML
#   Schema, RELAX NG and Schematron, canonical XML, broken HTML, objectify, iterparse
import io

from lxml import etree, html, isoschematron, objectify

text = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<shop xmlns:p="urn:price"><item id="1" p:sum="2.50">Caf\xe9</item><item id="2" p:sum="4"/>
<!-- end --></shop>"""
root = etree.fromstring(text)
spaces = {"p": "urn:price"}
assert root[0].text == "Café" and root[0].get("{urn:price}sum") == "2.50"
assert root.xpath("sum(item/@p:sum)", namespaces=spaces) == 6.5
assert root.xpath("string(//item[@id='1']/following-sibling::item/@id)") == "2"
assert [item.get("id") for item in root.iterfind("./item[@id='2']")] == ["2"]
assert etree.XPath("count(//comment())")(root) == 1.0
same = etree.fromstring("<a y='2' x='1'><b/>&#65;</a>")
assert etree.tostring(same, method="c14n") == b'<a x="1" y="2"><b></b>A</a>'
assert etree.tostring(root[0], encoding="unicode").endswith(">Café</item>")
try:
    etree.fromstring(b"<a>\n<b></a>")
except etree.XMLSyntaxError as error:
    assert error.lineno == 2, error.lineno
else:
    raise AssertionError("tags that do not match were accepted")

sheet = etree.XML("""
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:param name="by"/>
  <xsl:template match="/n">
    <out><xsl:for-each select="i"><xsl:sort select="." data-type="number"/>
      <v><xsl:value-of select=". * $by"/></v></xsl:for-each></out>
  </xsl:template>
</xsl:stylesheet>""")
result = etree.XSLT(sheet)(etree.XML("<n><i>10</i><i>9</i></n>"), by="2")
assert [value.text for value in result.getroot()] == ["18", "20"], str(result)

good, bad = etree.XML("<n><i>1</i></n>"), etree.XML("<n><i>x</i><j/></n>")
schema = etree.XMLSchema(
    etree.XML("""
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="n"><xs:complexType><xs:sequence>
    <xs:element name="i" type="xs:integer"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>""")
)
relax = etree.RelaxNG(
    etree.XML("""
<element name="n" xmlns="http://relaxng.org/ns/structure/1.0"
  datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <element name="i"><data type="integer"/></element>
</element>""")
)
dtd = etree.DTD(io.StringIO("<!ELEMENT n (i)><!ELEMENT i (#PCDATA)>"))
rules = isoschematron.Schematron(
    etree.XML("""
<schema xmlns="http://purl.oclc.org/dsdl/schematron"><pattern><rule context="n">
  <assert test="count(*) = 1">one</assert></rule></pattern></schema>""")
)
for validator in (schema, relax, dtd, rules):
    assert validator.validate(good) and not validator.validate(bad), validator
assert len(schema.error_log) >= 1

page = html.fromstring("<p>one<p>two <b>bold</i></b><br><a href='x?a=1&b=2'>go</a>")
assert [each.text_content() for each in page.iter("p")] == ["one", "two boldgo"]
page.make_links_absolute("http://example.org/d/")
assert [link[2] for link in page.iterlinks()] == ["http://example.org/d/x?a=1&b=2"]

data = objectify.fromstring("<r><a>3</a><a>4.5</a><b>true</b></r>")
assert data.a[0] + data.a[1] == 7.5 and bool(data.b) is True

seen = [(event, each.tag) for event, each in etree.iterparse(io.BytesIO(b"<a><b/><c/></a>"))]
assert seen == [("end", "b"), ("end", "c"), ("end", "a")]
