# imports: lxml, lxml.etree, lxml.html
# exercises: parsing and errors, XPath with namespaces, XSLT, validation by XML Schema and by
#   Schematron, canonical XML, broken HTML, objectify
from lxml import etree, html, isoschematron, objectify

text = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<shop xmlns:p="urn:price"><item id="1" p:sum="2.50">Caf\xe9</item><item id="2" p:sum="4"/></shop>"""
root = etree.fromstring(text)
assert root[0].text == "Café" and root[0].get("{urn:price}sum") == "2.50"
assert root.xpath("sum(item/@p:sum)", namespaces={"p": "urn:price"}) == 6.5
assert [item.get("id") for item in root.iterfind("./item[@id='2']")] == ["2"]
same = etree.fromstring("<a y='2' x='1'><b/>&#65;</a>")
assert etree.tostring(same, method="c14n") == b'<a x="1" y="2"><b></b>A</a>'
try:
    etree.fromstring(b"<a>\n<b></a>")
except etree.XMLSyntaxError as error:
    assert error.lineno == 2, error.lineno
else:
    raise AssertionError("tags that do not match were accepted")

sheet = """
<out xsl:version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:for-each select="/n/i"><xsl:sort data-type="number"/>
    <v><xsl:value-of select=". * 2"/></v></xsl:for-each>
</out>"""
result = etree.XSLT(etree.XML(sheet))(etree.XML("<n><i>10</i><i>9</i></n>"))
assert [value.text for value in result.getroot()] == ["18", "20"], str(result)

schema = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="n"><xs:complexType><xs:sequence>
    <xs:element name="i" type="xs:integer"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>"""
rules = """
<schema xmlns="http://purl.oclc.org/dsdl/schematron"><pattern><rule context="n">
  <assert test="count(*) = 1">one</assert></rule></pattern></schema>"""
good, bad = etree.XML("<n><i>1</i></n>"), etree.XML("<n><i>x</i><j/></n>")
for kind, written in ((etree.XMLSchema, schema), (isoschematron.Schematron, rules)):
    validator = kind(etree.XML(written))
    assert validator.validate(good) and not validator.validate(bad), kind

page = html.fromstring("<p>one<p>two <b>bold</i></b><br><a href='x?a=1&b=2'>go</a>")
assert [each.text_content() for each in page.iter("p")] == ["one", "two boldgo"]
data = objectify.fromstring("<r><a>3</a><a>4.5</a><b>true</b></r>")
assert data.a[0] + data.a[1] == 7.5 and bool(data.b) is True
