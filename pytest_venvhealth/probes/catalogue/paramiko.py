# imports: paramiko, paramiko.transport, paramiko.sftp_client
# exercises: messages and keys in their fixed form; a client and a server joined by a pair of
#   sockets: host key, password and key login, commands, SFTP, a forbidden channel; known hosts and
#   configuration
# versions: >=2.7
import io
import os
import socket
import threading

import paramiko

message = paramiko.Message()
message.add_int(699921578)
message.add_string("testing")
message.add_mpint(-0x1234)  # RFC 4251, 5
message.add_mpint(0x80)
message.add_list(["zlib", "none"])
message.add_boolean(True)
wanted = "29b7f4aa0000000774657374696e6700000002edcc000000020080000000097a6c69622c6e6f6e6501"
assert message.asbytes().hex() == wanted
message.rewind()
assert (message.get_int(), message.get_text(), message.get_mpint()) == (
    699921578,
    "testing",
    -0x1234,
)
assert (message.get_mpint(), message.get_list(), message.get_boolean()) == (
    128,
    ["zlib", "none"],
    True,
)

host_key, user_key = paramiko.ECDSAKey.generate(), paramiko.RSAKey.generate(2048)
text = io.StringIO()
user_key.write_private_key(text, password="pass")
text.seek(0)
assert paramiko.RSAKey.from_private_key(text, password="pass") == user_key
text.seek(0)
try:
    paramiko.RSAKey.from_private_key(text)
except paramiko.PasswordRequiredException:
    pass
else:
    raise AssertionError("a locked key was read")
signed = host_key.sign_ssh_data(b"data")
signed.rewind()
assert host_key.verify_ssh_sig(b"data", signed)
signed.rewind()
assert not host_key.verify_ssh_sig(b"Data", signed)

line = "[host]:2222 {} {}".format(host_key.get_name(), host_key.get_base64())
entry = paramiko.hostkeys.HostKeyEntry.from_line(line)
assert entry.hostnames == ["[host]:2222"] and entry.key == host_key
config = paramiko.SSHConfig.from_text(
    "Host a*\n User me\n Port 77\nHost *\n User you\n HostName %h.org"
)
assert config.lookup("abc")["user"] == "me" and config.lookup("abc")["hostname"] == "abc.org"
assert config.lookup("b")["user"] == "you" and "port" not in config.lookup("b")


class Files(paramiko.SFTPServerInterface):
    def __init__(self, server, *args, **kwargs):
        super().__init__(server, *args, **kwargs)
        self.stored = {"/readme": b"hello"}

    def stat(self, path):
        if path not in self.stored:
            return paramiko.SFTP_NO_SUCH_FILE
        found = paramiko.SFTPAttributes()
        found.st_size, found.st_mode, found.filename = len(self.stored[path]), 0o100644, path[1:]
        return found

    def list_folder(self, path):
        return [self.stat(each) for each in sorted(self.stored)]

    def open(self, path, flags, attr):
        if flags & os.O_CREAT:
            self.stored[path] = b""
        elif path not in self.stored:
            return paramiko.SFTP_NO_SUCH_FILE
        handle = paramiko.SFTPHandle(flags)
        handle.stat = lambda: self.stat(path)
        handle.read = lambda offset, size: self.stored[path][offset : offset + size]

        def write(offset, data):
            self.stored[path] = self.stored[path][:offset] + data
            return paramiko.SFTP_OK

        handle.write = write
        return handle


class Server(paramiko.ServerInterface):
    def get_allowed_auths(self, username):
        return "password,publickey"

    def check_auth_password(self, username, password):
        good = (username, password) == ("me", "secret")
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username, key):
        return paramiko.AUTH_SUCCESSFUL if key == user_key else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        if kind == "session":
            return paramiko.OPEN_SUCCEEDED
        return paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_exec_request(self, channel, command):
        threading.Thread(target=self.run, args=(channel, command), daemon=True).start()
        return True

    def run(self, channel, command):
        data = channel.makefile("rb").read()
        channel.sendall(command + b":" + data[::-1])
        channel.sendall_stderr(b"warned")
        channel.send_exit_status(3)
        channel.close()


def joined():
    """Return the transports of a server and of a client, after the key exchange."""
    left, right = socket.socketpair()
    server = paramiko.Transport(left)
    server.add_server_key(host_key)
    server.set_subsystem_handler("sftp", paramiko.SFTPServer, Files)
    server.start_server(threading.Event(), Server())
    client = paramiko.Transport(right)
    client.start_client(timeout=20)
    return server, client


server, client = joined()
try:
    assert client.get_remote_server_key() == host_key
    try:
        client.auth_password("me", "wrong")
    except paramiko.AuthenticationException:
        assert not client.is_authenticated()
    else:
        raise AssertionError("a wrong password was accepted")
    client.auth_password("me", "secret")
    channel = client.open_session(timeout=20)
    channel.settimeout(20)
    channel.exec_command("turn")
    data = bytes(range(256)) * 300
    channel.sendall(data)
    channel.shutdown_write()
    assert channel.makefile("rb").read() == b"turn:" + data[::-1]
    assert channel.makefile_stderr("rb").read() == b"warned"
    assert channel.recv_exit_status() == 3
    try:
        client.open_channel("direct-tcpip", ("host", 1), ("127.0.0.1", 2), timeout=20)
    except paramiko.ChannelException as error:
        assert error.code == paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
    else:
        raise AssertionError("a forbidden channel was opened")

    sftp = paramiko.SFTPClient.from_transport(client)
    sftp.get_channel().settimeout(20)
    with sftp.open("/readme") as file:
        assert file.read() == b"hello"
    sftp.putfo(io.BytesIO(data), "/new")
    assert sftp.listdir("/") == ["new", "readme"] and sftp.stat("/new").st_size == len(data)
    got = io.BytesIO()
    sftp.getfo("/new", got)
    assert got.getvalue() == data
    try:
        sftp.stat("/none")
    except FileNotFoundError:
        pass
    else:
        raise AssertionError("a missing file was found")
    sftp.close()
finally:
    client.close()
    server.close()

server, client = joined()
try:
    client.auth_publickey("me", user_key)
    assert client.is_authenticated()
finally:
    client.close()
    server.close()
