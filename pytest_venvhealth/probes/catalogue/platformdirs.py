# imports: platformdirs, platformdirs.unix, platformdirs.macos, platformdirs.windows
# exercises: an application's folders by the rules of Unix (XDG variables and their defaults) and of
#   macOS, on any system; folders made on demand; the class that fits this system
# versions: >=3.2.0
import os
import sys
import tempfile
from pathlib import Path

import platformdirs
from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from platformdirs.windows import Windows

for name in [name for name in os.environ if name.startswith("XDG_")]:
    del os.environ[name]
home = Path.home()

unix = Unix("App", "Author", version="1.2")
assert unix.user_data_path == home / ".local/share/App/1.2", unix.user_data_dir
assert unix.user_config_path == home / ".config/App/1.2"
assert unix.user_cache_path == home / ".cache/App/1.2"
assert unix.user_state_path == home / ".local/state/App/1.2"
assert unix.user_log_path == home / ".local/state/App/1.2/log"
assert unix.site_config_dir == os.path.join("/etc/xdg", "App", "1.2")
assert Unix("App", multipath=True).site_data_dir.split(os.pathsep) == [
    os.path.join("/usr/local/share", "App"),
    os.path.join("/usr/share", "App"),
]

mac = MacOS("App", "Author", version="1.2")
assert mac.user_data_path == home / "Library/Application Support/App/1.2", mac.user_data_dir
assert mac.user_cache_path == home / "Library/Caches/App/1.2"
assert mac.user_log_path == home / "Library/Logs/App/1.2"

with tempfile.TemporaryDirectory() as folder:
    os.environ["XDG_DATA_HOME"] = os.path.join(folder, "data")
    os.environ["XDG_CACHE_HOME"] = os.path.join(folder, "cache")
    os.environ["XDG_CONFIG_DIRS"] = os.pathsep.join([folder, "/etc/other"])
    assert Unix("App").user_data_dir == os.path.join(folder, "data", "App")
    assert Unix("App").site_config_dir == os.path.join(folder, "App")
    made = Unix("App", version="3", ensure_exists=True, opinion=False).user_cache_path
    assert made == Path(folder, "cache", "App", "3") and made.is_dir()

fitting = {"win32": Windows, "darwin": MacOS}.get(sys.platform, Unix)
if "ANDROID_DATA" not in os.environ:
    assert platformdirs.PlatformDirs is fitting, platformdirs.PlatformDirs
    same = fitting("App", "Author").user_config_dir
    assert platformdirs.user_config_dir("App", "Author") == same and "App" in same
