# imports: tqdm, tqdm.std, tqdm.auto, tqdm.contrib.concurrent
# exercises: the bar drawn on a stream: total, rate and postfix, an own format; updates by hand,
#   text between bars, threads, the command line
# versions: >=4.50.0
import io
import subprocess
import sys

import tqdm
from tqdm.contrib.concurrent import thread_map

screen = io.StringIO()
options = {"file": screen, "mininterval": 0, "ascii": True, "ncols": 60}
assert sum(tqdm.tqdm(range(4), desc="work", **options)) == 6
frames = [frame.strip() for frame in screen.getvalue().split("\r") if frame.strip()]
assert frames[0].startswith("work:   0%|") and "0/4" in frames[0], frames
assert frames[-1].startswith("work: 100%|##") and " 4/4 [" in frames[-1], frames

screen = io.StringIO()
layout = "{l_bar}{bar:10}|{n_fmt}/{total_fmt}{postfix}"
with tqdm.tqdm(total=2048, unit_scale=True, bar_format=layout, **dict(options, file=screen)) as bar:
    bar.update(1024)
    bar.set_postfix(loss=0.5, refresh=True)
    assert bar.n == 1024 and bar.format_dict["total"] == 2048
    drawn = screen.getvalue().split("\r")[-1].strip()
    assert drawn == "50%|#####     |1.02k/2.05k, loss=0.5", drawn

meter = tqdm.tqdm.format_meter(30, 120, 60, ncols=50, ascii=True)
assert " 25%|" in meter and "30/120 [01:00<03:00" in meter, meter  # 30 in a minute: 3 to go
assert tqdm.tqdm.format_interval(3725) == "1:02:05"
assert tqdm.tqdm.format_sizeof(1536, divisor=1024) == "1.50k"

screen = io.StringIO()
for number in tqdm.trange(2, leave=False, **dict(options, file=screen)):
    tqdm.tqdm.write("line {}".format(number), file=screen)
assert "line 0\n" in screen.getvalue() and "line 1\n" in screen.getvalue()
assert thread_map(abs, [-1, 2, -3], max_workers=2, file=io.StringIO()) == [1, 2, 3]

command = [sys.executable, "-I", "-B", "-m", "tqdm", "--total", "3", "--ascii", "True"]
text = b"1\n2\n3\n"
done = subprocess.run(
    command, input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=True
)
assert done.stdout == text and b"3/3" in done.stderr, done
