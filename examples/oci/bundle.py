# SPDX-License-Identifier: MIT
# Writes the config.json of a container: bundle.py free|variables|command|exported DOCKERFILE PLACE BUILD EXPORTED. PLACE and
# BUILD are mounted where an image would have them; EXPORTED are the words of landshim export.
import json
import sys

kind, dockerfile, place, build, exported = sys.argv[1:]


def words(instruction):
    return [line.split(" ", 1)[1].strip() for line in open(dockerfile) if line.startswith(instruction + " ")]


def bind(source, destination, *options):
    return {"destination": destination, "type": "bind", "source": source, "options": ["rbind", *options]}


def merged(config, more):
    if isinstance(config, dict) and isinstance(more, dict):
        return config | {key: merged(config[key], more[key]) if key in config else more[key] for key in more}
    return more


config = {
    "ociVersion": "1.0.2",
    "process": {
        "user": {"uid": 0, "gid": 0},
        "cwd": "/",
        "env": ["PATH=/usr/bin:/bin"],
        "args": json.loads(words("CMD")[0]),
        "noNewPrivileges": True,
    },
    "root": {"path": "rootfs"},
    "mounts": [
        *(bind(path, path, "ro") for path in ("/usr", "/bin", "/lib", "/lib64")),
        bind(build, "/opt/landshim", "ro"),
        bind(place, "/srv/report"),
    ],
    "linux": {"namespaces": [{"type": "mount"}, {"type": "ipc"}, {"type": "uts"}]},
}

if kind == "variables":
    config["process"]["env"] += words("ENV")
if kind == "command":
    config["process"]["args"] = ["/opt/landshim/landshim", "run", "-p", "/srv/report/etc/policy.ini", "--", *config["process"]["args"]]
if kind == "exported":
    # The places of the policy, and nothing else, under the names that they have on this machine.
    config = merged(config, json.load(open(exported)))
    # In a user namespace, its root is the user who has exported.
    config["process"]["user"] = {"uid": 0, "gid": 0}
    config["process"]["args"] = [word.replace("/srv/report", place) for word in config["process"]["args"]]
json.dump(config, sys.stdout, indent=2)
