#pragma once
// A server under load: started on a fresh folder, with users who can sign in, each from its own client network. The
// same interface for Portcullis and the peer. One thread.

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bench/placement.hpp"
#include "bench/support.hpp"

namespace portcullis::bench {

struct ServerPlan {
  std::vector<std::string> projects{"storm"};
  unsigned users = 128;         ///< of each project
  unsigned hash_threads = 0;    ///< 0 = as the server derives it
  unsigned cores = 0;           ///< how many of the servers' cores; 0 = all
  std::filesystem::path group;  ///< `cgroup.procs` of a control group to start in; empty = none
};

struct Server {
  TempFolder folder;
  std::vector<std::string> command;  ///< without the port
  std::filesystem::path group;
  unsigned cores = 0;
  std::unique_ptr<Child> process;
  std::uint16_t port = 0;
  std::map<std::string, std::vector<std::string>> sign_ins;  ///< by project: requests with the right password

  [[nodiscard]] const std::vector<std::string>& storm() const { return sign_ins.at("storm"); }
};

/// Throws when the server does not start or refuses a sign-up.
[[nodiscard]] std::unique_ptr<Server> start_portcullis(const Options& options, const ServerPlan& plan);
/// The Fastify server of bench/peers/fastify. Null, after one line that says why, when node or npm is missing.
[[nodiscard]] std::unique_ptr<Server> start_peer(const Options& options, const ServerPlan& plan);
/// Stops it, dropping pending work, and starts it again on the same data.
void restart(Server& server);

/// `GET /v1/account` with one fresh session each; the users of these sessions do not sign in again.
[[nodiscard]] std::vector<std::string> session_checks(const Server& server, unsigned sessions);
/// Sign-ins a second with sixteen connections a thread, each sending the next request after the previous answer.
[[nodiscard]] double capacity_of(const Server& server, unsigned threads, double seconds);

}  // namespace portcullis::bench
