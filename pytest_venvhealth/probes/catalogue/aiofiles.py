# imports: aiofiles, aiofiles.os, aiofiles.tempfile
# exercises: text and bytes: write, read, lines, seek, append; errors; temporary files and folders;
#   names, sizes and lists; many files at once
# versions: >=0.8
import asyncio
import os

import aiofiles
import aiofiles.os
import aiofiles.tempfile


async def many(number):
    name = "file%d" % number
    async with aiofiles.open(name, "wb") as file:
        for _ in range(10):
            await file.write(bytes([number]) * 1000)
    async with aiofiles.open(name, "rb") as file:
        return await file.read() == bytes([number]) * 10000


async def main():
    async with aiofiles.open("text.txt", "w", encoding="utf-8", newline="\n") as file:
        assert await file.write("gr\u00fcn\n") == 5
        await file.writelines(["two\n", "three"])
        assert file.name == "text.txt" and file.mode == "w" and not file.closed
    assert file.closed
    with open("text.txt", "rb") as plain:
        assert plain.read() == b"gr\xc3\xbcn\ntwo\nthree"
    async with aiofiles.open("text.txt", encoding="utf-8") as file:
        assert await file.readline() == "gr\u00fcn\n"
        assert [line async for line in file] == ["two\n", "three"]
        assert await file.seek(0) == 0 and await file.read(4) == "gr\u00fcn"
    async with aiofiles.open("text.txt", "ab") as file:
        await file.write(b"!" * 100)
        await file.flush()
    async with aiofiles.open("text.txt", "r+b") as file:
        await file.seek(-100, os.SEEK_END)
        assert await file.tell() == 15 and await file.read(2) == b"!!"
        await file.truncate(6)
        await file.seek(0)
        buffer = bytearray(4)
        assert await file.readinto(buffer) == 4 and buffer == b"gr\xc3\xbc"
        assert await file.readlines() == [b"n\n"]
    file = await aiofiles.open("other.txt", "x")
    await file.close()
    for name, mode, error in (
        ("none", "r", FileNotFoundError),
        ("other.txt", "x", FileExistsError),
    ):
        try:
            async with aiofiles.open(name, mode):
                pass
        except error:
            pass
        else:
            raise AssertionError(name)

    assert await aiofiles.os.path.getsize("text.txt") == 6
    assert (await aiofiles.os.stat("text.txt")).st_size == 6
    await aiofiles.os.makedirs("one/two")
    await aiofiles.os.rename("text.txt", "one/new.txt")
    assert sorted(await aiofiles.os.listdir("one")) == ["new.txt", "two"]
    assert await aiofiles.os.path.isdir("one/two")
    assert not await aiofiles.os.path.exists("text.txt")
    await aiofiles.os.remove("one/new.txt")
    await aiofiles.os.rmdir("one/two")
    assert os.listdir("one") == []

    async with aiofiles.tempfile.TemporaryDirectory() as folder:
        async with aiofiles.open(os.path.join(folder, "a"), "w") as file:
            await file.write("abc")
        assert os.path.getsize(os.path.join(folder, "a")) == 3
    assert not os.path.exists(folder)
    async with aiofiles.tempfile.NamedTemporaryFile("w+", suffix=".txt") as file:
        await file.write("abc")
        await file.seek(1)
        assert await file.read() == "bc" and os.path.exists(file.name)
    assert not os.path.exists(file.name)
    async with aiofiles.tempfile.SpooledTemporaryFile(max_size=10) as file:
        await file.write(b"x" * 100)
        await file.seek(98)
        assert await file.read() == b"xx"
    assert all(await asyncio.gather(*map(many, range(20))))


asyncio.run(asyncio.wait_for(main(), 30))
