"""hello is a complete strategy: it builds an image that holds one file."""
import hashlib
import io
import json
import tarfile

from wire import CANCELLED, FAILED, OK, architecture, pb, serve, stops

SCHEMA = {
    "type": "object", "additionalProperties": False,
    "properties": {"message": {"type": "string", "minLength": 1, "default": "Ahoy!", "description": "Text of /greeting.txt."}},
}


def describe(_):
    return pb.DescribeResponse(name="hello", version="0.1.0", summary="Builds a greeting",
                               capabilities=["stop"], config_schema=json.dumps(SCHEMA).encode())


def problem(path, summary, fix=""):
    return pb.Diagnostic(code="hello.config", path=path, summary=summary, fix=fix)


def read(raw):
    """The message of a config, and what is wrong with it."""
    config = json.loads(raw or b"{}")
    if not isinstance(config, dict):
        return "", [problem("", "the config is no object", "write message: some text")]
    found = [problem("/" + key, f"unknown field {key[:50]!r}") for key in config if key != "message"]
    message = config.get("message", "Ahoy!")
    if not isinstance(message, str) or not message:
        found.append(problem("/message", "message is no text", "write message: some text"))
    return message, found


def validate(request):
    return pb.ValidateResponse(diagnostics=read(request.config)[1])


def plan(request):
    return pb.PlanResponse(diagnostics=read(request.config)[1])  # the config always counts, and nothing else does


def build(request):
    message, found = read(request.config)
    if found:
        yield pb.BuildEvent(completed=pb.Completed(outcome=FAILED, diagnostics=found))
        return
    yield pb.BuildEvent(step_started=pb.StepStarted(id="pack", title="Pack the image"))
    image = pack(request.dirs.output + "/image.tar", message, architecture(request.target))
    stopped = stops.event(request.id).is_set()
    yield pb.BuildEvent(step_finished=pb.StepFinished(id="pack", outcome=CANCELLED if stopped else OK))
    yield pb.BuildEvent(completed=pb.Completed(outcome=CANCELLED) if stopped else pb.Completed(outcome=OK, image=image))


def pack(path, message, architecture):
    layer = tar({"greeting.txt": message.encode()})
    config = json.dumps({"architecture": architecture, "os": "linux", "rootfs": {"type": "layers", "diff_ids": [digest(layer)]}}).encode()
    manifest = json.dumps([{"Config": "config.json", "Layers": ["layer.tar"]}]).encode()
    with open(path, "wb") as f:
        f.write(tar({"layer.tar": layer, "config.json": config, "manifest.json": manifest}))
    return pb.Image(reference="docker-archive:" + path, id=digest(config))


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def tar(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)  # without a time: equal files, equal images
            entry.size, entry.mode = len(data), 0o644
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


serve(describe, validate, plan, build)
