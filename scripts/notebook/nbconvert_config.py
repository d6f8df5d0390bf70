"""nbconvert's settings for our runs: reports which cell is running, and creates a page that works offline."""

import json
import os
import pathlib
import signal
import threading

c = get_config()  # noqa: F821, nbconvert provides it

here = pathlib.Path(__file__).resolve().parent


def end_with_parent():
    """Ends nbconvert and its kernel when our standard input ends, because the process that started us was killed."""
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGINT)


# execute.mjs keeps it open.
if os.environ.get("TRANSFER_LEARNING_FOLLOWED"):
    threading.Thread(target=end_with_parent, daemon=True).start()


def tell(**event):
    """Writes one line for scripts/notebook/execute.mjs."""
    print(json.dumps(event), flush=True)


def tell_start(cell, cell_index):
    tell(event="start", index=cell_index)


def tell_end(cell, cell_index, execute_reply):
    reply = execute_reply["content"]
    error = None
    if reply["status"] == "error":
        error = {key: reply[key] for key in ("ename", "traceback")}
    tell(event="end", index=cell_index, error=error)


c.ExecutePreprocessor.timeout = -1
c.ExecutePreprocessor.on_cell_execute = tell_start
c.ExecutePreprocessor.on_cell_executed = tell_end

c.HTMLExporter.template_name = "transfer_learning"
c.HTMLExporter.embed_images = True
c.TemplateExporter.extra_template_basedirs = [str(here / "templates")]
c.TemplateExporter.extra_template_paths = [
    str(here.parents[1] / "node_modules" / "plotly.js-dist-min")
]
