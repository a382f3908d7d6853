// SPDX-License-Identifier: MIT
// Sockets of services that no policy holds: to reach one is to have it act.
#include <fnmatch.h>

#include <algorithm>

#include "shim/lint_parts.h"

namespace landshim {

namespace {

constexpr Service kServices[] = {
    {"/run/docker.sock", "Docker"},
    {"/run/docker/*.sock", "Docker"},
    {"/run/user/*/docker.sock", "Docker"},
    {"/run/podman/podman.sock", "Podman"},
    {"/run/user/*/podman/podman.sock", "Podman"},
    {"/run/containerd/containerd.sock", "containerd"},
    {"/run/crio/crio.sock", "CRI-O"},
    {"/run/libvirt/libvirt-sock", "libvirt"},
    {"/run/libvirt/virtqemud-sock", "libvirt"},
    {"/var/lib/lxd/unix.socket", "LXD"},
    {"/var/lib/incus/unix.socket", "Incus"},
    {"/run/snapd.socket", "snapd"},
    {"/run/dbus/system_bus_socket", "D-Bus"},
    {"/run/user/*/bus", "D-Bus"},
    {"/run/systemd/private", "systemd"},
    {"/run/user/*/systemd/private", "systemd"},
    {"/tmp/.X11-unix/X*", "X11"},
    {"/run/user/*/wayland-[0-9]*", "Wayland"},
    {"/run/user/*/gnupg/S.gpg-agent*", "the GnuPG agent"},
    {"/run/user/*/gnupg/*/S.gpg-agent*", "the GnuPG agent"},
    {"~/.gnupg/S.gpg-agent*", "the GnuPG agent"},
    {"/tmp/ssh-*/agent.*", "the SSH agent"},
    {"/run/user/*/keyring/*", "the keyring"},
    {"/run/user/*/pipewire-[0-9]*", "PipeWire"},
    {"/run/user/*/pulse/native", "PulseAudio"},
    {"/tmp/tmux-*/*", "tmux"},
    {"/run/screen/S-*/*", "screen"},
};

class Sockets {
 public:
  explicit Sockets(Lint& lint) : lint_(lint) {}

  void run() {
    for (const Rule& rule : lint_.rules) {
      connects(rule);
      replaces(rule);
    }
    reaches();
  }

 private:
  // A service by the name of its socket, whether it runs or not.
  std::string known(const std::string& path) const {
    for (const ServiceSocket& socket : lint_.facts.sockets)
      if (covers(path, socket.path)) return socket.service;
    for (const Service& service : kServices) {
      if (*service.pattern != '~' && fnmatch(service.pattern, path.c_str(), FNM_PATHNAME) == 0) return service.name;
      for (const std::string& home : lint_.facts.homes)
        if (*service.pattern == '~' && covers(home, path) && fnmatch(service.pattern + 1, path.c_str() + home.size(), FNM_PATHNAME) == 0) return service.name;
    }
    return {};
  }

  void connects(const Rule& rule) {
    if ((rule.rights & kResolveUnix) == 0) return;
    const std::string service = known(rule.real());
    if (!service.empty()) lint_.found(Code::kConnectsService, rule.planned->origin, Lint::words(rule) + " reaches " + service + ", which no policy holds and which acts for whoever connects", "remove it, or put a proxy between that lets through what the program needs");
  }

  void replaces(const Rule& rule) {
    if (!rule.writes() || (rule.rights & kMakeSock) == 0 || (rule.rights & kRemoveFile) == 0) return;
    for (const ServiceSocket& socket : lint_.facts.sockets)
      if (socket.replaceable && covers(rule.real(), socket.path) && !lint_.hidden(socket.path))
        lint_.found(Code::kReplacesSocket, rule.planned->origin, Lint::words(rule) + " holds the socket of " + socket.service + ", " + socket.path + ": another can be put in its place, for others to connect to",
                    "grant a directory of its own, or private_tmp = yes in [namespaces]");
  }

  void reaches() {
    const bool ruled = (lint_.plan.ruleset.handled_fs & kResolveUnix) != 0;
    const UnixAccess access = lint_.network.unix_sockets;
    if (access == UnixAccess::kDeny || (access == UnixAccess::kOwn && ruled)) return;
    // Nothing was written of them: beside faults, that may be what is mistyped.
    if (lint_.faults && !lint_.policy.unix_sockets.written()) return;
    constexpr std::size_t kNamed = 3;
    std::string named;
    std::size_t count = 0;
    for (const ServiceSocket& socket : lint_.facts.sockets) {
      if (lint_.hidden(socket.path)) continue;
      if (++count <= kNamed) named += (named.empty() ? "" : ", ") + socket.service + " (" + socket.path + ")";
    }
    if (count == 0) return;
    if (count > kNamed) named += " and " + std::to_string(count - kNamed) + " more";
    const Origin at = lint_.policy.unix_sockets.written() ? lint_.policy.unix_sockets.origin : network_line(lint_.policy);
    const char* why = access == UnixAccess::kAllow ? "UNIX sockets are not ruled" : "this kernel cannot rule UNIX sockets (unix = own needs Landlock ABI 9)";
    lint_.found(Code::kReachesService, at, std::string(why) + ", and these services can be reached: " + named, access == UnixAccess::kAllow ? "write unix = own and connect_unix, or unix = deny" : "write unix = deny");
  }

  Lint& lint_;
};

}  // namespace

std::span<const Service> services() { return kServices; }

void lint_sockets(Lint& lint) { Sockets(lint).run(); }

}  // namespace landshim
