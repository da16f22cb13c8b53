# imports: s3transfer, s3transfer.manager, s3transfer.futures
# exercises: an upload in one and in parts, a download in parts, progress, with a store in place of
#   the network
# versions: >=0.3.4
import io
import os

import botocore.session
from botocore.awsrequest import AWSResponse
from s3transfer.manager import TransferConfig, TransferManager
from s3transfer.subscribers import BaseSubscriber

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
os.environ["AWS_REQUEST_CHECKSUM_CALCULATION"] = "when_required"  # bodies as they are
objects, parts = {}, {}


class Body(io.BytesIO):
    def stream(self, **options):
        yield self.read()


def answer(request, **others):
    """Answer in place of the network, as S3 would."""
    path, _, query = request.url.partition("amazonaws.com")[2].partition("?")
    data = request.body.read() if hasattr(request.body, "read") else request.body
    status, headers, reply = 200, {"ETag": '"e"'}, b""
    if request.method == "PUT" and "partNumber=" in query:
        parts[query.partition("partNumber=")[2][0]] = data
    elif request.method == "PUT":
        objects[path] = data
    elif request.method == "POST" and query.startswith("uploads"):
        reply = b"<R><UploadId>u</UploadId></R>"
    elif request.method == "POST":
        objects[path] = b"".join(parts[number] for number in sorted(parts))
        reply = b"<R></R>"
    else:
        reply = objects[path]
        if "Range" in request.headers:
            span = request.headers["Range"]
            first, last = (span.decode() if isinstance(span, bytes) else span)[6:].split("-")
            last = last or len(reply) - 1
            headers["Content-Range"] = "bytes {}-{}/{}".format(first, last, len(reply))
            status, reply = 206, reply[int(first) : int(last) + 1]
        headers["Content-Length"] = str(len(reply))
    body = Body(b"" if request.method == "HEAD" else reply)
    return AWSResponse(request.url, status, headers, body)


class Progress(BaseSubscriber):
    seen = 0

    def on_progress(self, bytes_transferred, **kwargs):
        self.seen += bytes_transferred


session = botocore.session.get_session()
session.set_credentials("AKIDEXAMPLE", "secret")
client = session.create_client("s3", "eu-central-1")
client.meta.events.register("before-send.s3", answer)
small, big = b"x" * 1000, bytes(range(256)) * 4 * 1024 * 11  # 11 MiB: two parts of at least 5
config = TransferConfig(multipart_threshold=8 * 2**20, multipart_chunksize=6 * 2**20)
with open("big", "wb") as file:
    file.write(big)
with TransferManager(client, config) as manager:
    manager.upload(io.BytesIO(small), "bucket", "small").result()
    manager.upload("big", "bucket", "big").result()
    assert objects == {"/small": small, "/big": big}, sorted(objects)
    assert {number: len(part) >> 20 for number, part in parts.items()} == {"1": 6, "2": 5}

    progress = Progress()
    manager.download("bucket", "big", "again", subscribers=[progress]).result()
    with open("again", "rb") as file:
        assert file.read() == big and progress.seen == len(big)
