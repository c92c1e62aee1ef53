"""The wire between slipway and a strategy, so that plugin.py need not know it.

The messages come from strategy.binpb, the descriptor of the wire contract, so
nothing is generated and any version of grpcio and protobuf will do.
"""
import os
import platform
import signal
import sys
import threading
from concurrent import futures

COOKIE = "3f9b6c52-6f0e-4c4c-9d5e-0a6b1f6f7a11-strategy"
LARGEST = 16 << 20  # bytes of a message

if os.environ.get("SLIPWAY_PLUGIN") != COOKIE:
    sys.exit("this is a strategy plugin for slipway; try it with: slipway plugin test -- python3 plugin.py")

try:
    import grpc
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
except ImportError as missing:
    sys.exit(f"{sys.executable}: {missing}; install what the plugin needs with: python3 -m pip install -r requirements.txt")


class Messages:
    """Message classes by name: pb.PlanResponse(volatile="never the same")."""

    def __init__(self, path):
        self.pool = descriptor_pool.DescriptorPool()
        with open(path, "rb") as f:
            for file in descriptor_pb2.FileDescriptorSet.FromString(f.read()).file:
                self.pool.AddSerializedFile(file.SerializeToString())

    def __getattr__(self, name):
        descriptor = self.pool.FindMessageTypeByName("slipway.strategy.v1." + name)
        if hasattr(message_factory, "GetMessageClass"):
            return message_factory.GetMessageClass(descriptor)
        return message_factory.MessageFactory(self.pool).GetPrototype(descriptor)


pb = Messages(os.path.join(os.path.dirname(os.path.abspath(__file__)), "strategy.binpb"))
OK, CACHED, FAILED, CANCELLED = 1, 2, 4, 5  # pb.Outcome


def architecture(target):
    """That of the platform to build for, as an image's config names it."""
    own = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return target.platform.split("/")[1] if "/" in target.platform else own


class Stops:
    """Which builds were asked to stop; stops.event(id) is set when one is."""

    def __init__(self):
        self.lock, self.events, self.all = threading.Lock(), {}, False

    def event(self, build):
        with self.lock:
            event = self.events.setdefault(build, threading.Event())
            if self.all:
                event.set()
            return event

    def stop(self, request, _):
        if request.build_id:
            self.event(request.build_id).set()
        with self.lock:
            self.all = self.all or not request.build_id
            for event in self.events.values() if self.all else ():
                event.set()
        return pb.StopResponse()


stops = Stops()


def serve(describe, validate, plan, build):
    """Serve functions of a request, build a generator of pb.BuildEvent."""
    def unary(name, function):
        return grpc.unary_unary_rpc_method_handler(
            lambda request, _: function(request),
            getattr(pb, name + "Request").FromString, getattr(pb, name + "Response").SerializeToString)
    methods = {
        "Describe": unary("Describe", describe), "Validate": unary("Validate", validate), "Plan": unary("Plan", plan),
        "Stop": unary("Stop", lambda request: stops.stop(request, None)),
        "Build": grpc.unary_stream_rpc_method_handler(
            lambda request, _: build(request), pb.BuildRequest.FromString, pb.BuildEvent.SerializeToString),
    }
    server = grpc.server(futures.ThreadPoolExecutor(8), options=[
        ("grpc.max_receive_message_length", LARGEST), ("grpc.max_send_message_length", LARGEST)])
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("slipway.strategy.v1.Strategy", methods),))
    socket = os.path.join(os.environ["PLUGIN_UNIX_SOCKET_DIR"], "s")
    server.add_insecure_port("unix:" + socket)
    server.start()
    print(f"1|1|unix|{socket}|grpc", flush=True)
    sys.stdin.read()  # the lifeline: it ends when the host does
    stops.stop(pb.StopRequest(), None)
    server.stop(1).wait()
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)  # and whatever we have started
    os._exit(0)
