"""The Python reader and writer of man/cf-stream.5, taken from the page."""
import os
import types

PAGE = os.path.join(os.path.dirname(__file__), "../../man/cf-stream.5")


def section(name):
    """The lines from "# cf-stream NAME" to "# end of NAME" as a module."""
    with open(PAGE, encoding="utf-8") as f:
        lines = f.read().split("\n")
    a = lines.index("# cf-stream " + name)
    b = lines.index("# end of " + name)
    code = "\n".join(line.replace("\\e", "\\") for line in lines[a:b])
    module = types.ModuleType(name)
    exec(compile(code, PAGE, "exec"), module.__dict__)
    return module


reader = section("reader")
writer = section("writer")
