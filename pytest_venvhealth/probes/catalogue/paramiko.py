# imports: paramiko, paramiko.transport, paramiko.sftp_client
# exercises: a private key with a password; a client and a server
#   joined by a pair of sockets: login, a command, a file by SFTP
# versions: >=2.7
import io
import socket
import threading

import paramiko

key = paramiko.ECDSAKey.generate()
text = io.StringIO()
key.write_private_key(text, password="pass")
text.seek(0)
assert paramiko.ECDSAKey.from_private_key(text, password="pass") == key
signed = key.sign_ssh_data(b"data")
signed.rewind()
assert not key.verify_ssh_sig(b"Data", signed)


class Files(paramiko.SFTPServerInterface):
    def open(self, path, flags, attr):
        handle = paramiko.SFTPHandle(flags)
        handle.readfile = io.BytesIO(path.encode() * 1000)
        return handle


class Server(paramiko.ServerInterface):
    def check_auth_password(self, username, password):
        good = (username, password) == ("me", "secret")
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel, command):
        threading.Thread(target=self.run, args=(channel, command)).start()
        return True

    def run(self, channel, command):
        channel.recv(1)  # the client has been told that it may
        channel.sendall(command.upper())
        channel.send_exit_status(3)
        channel.close()


ours, theirs = socket.socketpair()
server, client = paramiko.Transport(theirs), paramiko.Transport(ours)
try:
    server.add_server_key(key)
    server.set_subsystem_handler("sftp", paramiko.SFTPServer, Files)
    server.start_server(threading.Event(), Server())
    client.connect(hostkey=key, username="me", password="secret")
    channel = client.open_session(timeout=20)
    channel.exec_command("hello")
    channel.sendall(b"!")
    assert channel.makefile("rb").read() == b"HELLO"
    assert channel.recv_exit_status() == 3
    sftp = paramiko.SFTPClient.from_transport(client)
    with sftp.open("/file") as file:
        assert file.read() == b"/file" * 1000
    sftp.close()
finally:
    client.close()
    server.close()
