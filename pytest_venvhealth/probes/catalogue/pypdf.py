# imports: pypdf, pypdf.generic, pypdf.errors
# exercises: a document of plain bytes: its text, pages and metadata; merging, rotating, cropping,
#   outlines, compressed streams, passwords, attachments, page ranges, damaged documents
# versions: >=3.8
import io
import zlib

from pypdf import PageObject, PageRange, PdfReader, PdfWriter, Transformation
from pypdf.errors import PdfReadError
from pypdf.generic import NameObject, NumberObject


def document(texts):
    """Return a PDF with one page per text, written by hand."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", None, b"<</Title(Probe)/Author(\xfe\xff\0\xc4)>>"]
    objects.append(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    kids = []
    for text in texts:
        stream = zlib.compress(b"BT /F1 12 Tf 20 100 Td (" + text + b") Tj ET")
        objects.append(
            b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(stream), stream)
        )
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]/Contents %d 0 R"
            b"/Resources<</Font<</F1 4 0 R>>>>>>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        data
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R/Info 3 0 R>>\n"
        % (
            len(objects) + 1,
            table,
            len(objects) + 1,
        )
        + b"startxref\n%d\n%%%%EOF\n" % len(data)
    )


raw = document([b"Hello", b"K\xe4se \\(x\\)", b"Third"])
reader = PdfReader(io.BytesIO(raw), strict=True)
assert len(reader.pages) == 3 and not reader.is_encrypted
assert [page.extract_text().strip() for page in reader.pages] == ["Hello", "K\u00e4se (x)", "Third"]
assert reader.metadata.title == "Probe" and reader.metadata.author == "\u00c4"
box = reader.pages[0].mediabox
assert (box.width, box.height) == (200, 300)


def saved(writer):
    stream = io.BytesIO()
    writer.write(stream)
    return PdfReader(io.BytesIO(stream.getvalue()))


writer = PdfWriter()
for page in reader.pages[::-1]:
    writer.add_page(page)
writer.add_blank_page(100, 50)
writer.pages[0].rotate(90)
writer.pages[1].cropbox.upper_right = (100, 150)
writer.pages[2].add_transformation(Transformation().translate(10, 20).scale(2))
parent = writer.add_outline_item("Chapter", 0)
writer.add_outline_item("Part", 2, parent=parent)
writer.add_metadata({"/Title": "Turned \u6f22"})
writer.add_attachment("a.txt", b"attached")
again = saved(writer)
assert [page.extract_text().strip() for page in again.pages] == [
    "Third",
    "K\u00e4se (x)",
    "Hello",
    "",
]
assert again.pages[0].rotation == 90 and again.pages[1].cropbox.width == 100
assert again.pages[3].mediabox.height == 50 and again.metadata.title == "Turned \u6f22"
assert again.outline[0].title == "Chapter" and again.outline[1][0].title == "Part"
assert again.get_destination_page_number(again.outline[1][0]) == 2
assert again.attachments["a.txt"] == [b"attached"]

joined = PdfWriter()
joined.append(io.BytesIO(raw), pages=PageRange("1:"))
joined.append(io.BytesIO(document([b"Last"])))
joined.pages[0].merge_page(joined.pages[2])
joined.pages[1].compress_content_streams()
again = saved(joined)
texts = [page.extract_text().split() for page in again.pages]
assert len(texts) == 3 and texts[1:] == [["Third"], ["Last"]], texts
assert {"K\u00e4se", "Last"} <= set(" ".join(texts[0]).replace("Last", " Last ").split()), texts

locked = PdfWriter()
locked.append(io.BytesIO(raw))
locked.encrypt("user", "owner", use_128bit=True)  # RC4, which needs no other package
again = saved(locked)
assert again.is_encrypted and again.decrypt("wrong") == 0 and again.decrypt("user") == 1
assert again.pages[2].extract_text().strip() == "Third"

page = PageObject.create_blank_page(width=10, height=20)
page[NameObject("/Own")] = NumberObject(7)
assert page["/Own"] == 7 and page.mediabox.top == 20
for wrong in (b"no PDF at all", raw[:40]):
    try:
        len(PdfReader(io.BytesIO(wrong), strict=True).pages)
    except PdfReadError:
        pass
    else:
        raise AssertionError("{!r} was read".format(wrong))
