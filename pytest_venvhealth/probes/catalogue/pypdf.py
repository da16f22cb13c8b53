# imports: pypdf, pypdf.generic, pypdf.errors
# exercises: a document of plain bytes: its text, pages and metadata; turned and written again, with
#   an outline and an attachment; a password
# versions: >=3.8
import io
import zlib

from pypdf import PdfReader, PdfWriter

# Written by hand: two pages with a text each.
objects = [
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Count 2/Kids[4 0 R 6 0 R]/Resources<</Font<</F1 3 0 R>>>>>>",
    b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
]
page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]/Contents %d 0 R>>"
for text in (b"Hello", b"K\xe4se \\(x\\)"):
    stream = zlib.compress(b"BT /F1 12 Tf 20 100 Td (" + text + b") Tj ET")
    head = b"<</Length %d/Filter/FlateDecode>>" % len(stream)
    objects.append(page % (len(objects) + 2))
    objects.append(head + b"stream\n" + stream + b"\nendstream")
data, table = b"%PDF-1.4\n", b"0000000000 65535 f \n"
for number, body in enumerate(objects, 1):
    table += b"%010d 00000 n \n" % len(data)
    data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
end = b"xref\n0 8\n%strailer\n<</Size 8/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
raw = data + end % (table, len(data))

reader = PdfReader(io.BytesIO(raw), strict=True)
assert [page.extract_text().strip() for page in reader.pages] == ["Hello", "K\u00e4se (x)"]
assert (reader.pages[0].mediabox.width, reader.pages[0].mediabox.height) == (200, 300)

writer = PdfWriter()
for page in reader.pages[::-1]:
    writer.add_page(page)
writer.pages[0].rotate(90)
writer.add_outline_item("Chapter", 1)
writer.add_metadata({"/Title": "Turned \u6f22"})
writer.add_attachment("a.txt", b"attached")
writer.encrypt("user", "owner", use_128bit=True)  # RC4, which needs no other package
stream = io.BytesIO()
writer.write(stream)
again = PdfReader(io.BytesIO(stream.getvalue()))
assert again.is_encrypted and again.decrypt("wrong") == 0 and again.decrypt("user") == 1
assert [page.extract_text().strip() for page in again.pages] == ["K\u00e4se (x)", "Hello"]
assert again.pages[0].rotation == 90 and again.metadata.title == "Turned \u6f22"
assert again.get_destination_page_number(again.outline[0]) == 1
assert again.attachments["a.txt"] == [b"attached"]
