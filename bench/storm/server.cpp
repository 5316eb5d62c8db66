#include "bench/storm/server.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace portcullis::bench {
namespace {

constexpr std::string_view password = "correct horse battery";
constexpr unsigned connections_a_thread = 16;

std::string headers_of(const std::string& project, std::size_t project_number, std::size_t user) {
  return "X-Appwrite-Project: " + project + "\r\nX-Forwarded-For: 10." + std::to_string(project_number) + "." +
         std::to_string(user % 256) + ".7\r\n";
}

std::string email_of(const std::string& project, std::size_t user) {
  return project + "-" + std::to_string(user) + "@example.com";
}

std::string sign_in(const std::string& headers, const std::string& email) {
  const std::string body = R"({"email":")" + email + R"(","password":")" + std::string(password) + "\"}";
  return request_text("POST", "/v1/account/sessions/email", headers, body);
}

void sign_up(const Server& server, const std::string& headers, const std::string& email) {
  const std::string body = R"j({"userId":"unique()","email":")j" + email + R"(","password":")" + std::string(password) +
                           R"(","name":"Bench"})";
  const Reply reply = fetch(server.port, request_text("POST", "/v1/account", headers, body));
  if (reply.status != 201) throw std::runtime_error("a sign-up was answered " + std::to_string(reply.status));
}

/// Runs a command to its end and discards its output. The exit status, or -1.
int run_quietly(const std::string& command) {
  const int status = std::system((command + " >/dev/null 2>&1").c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void fill(Server& server, const ServerPlan& plan) {
  for (std::size_t number = 0; number < plan.projects.size(); ++number) {
    const std::string& project = plan.projects[number];
    for (std::size_t user = 0; user < plan.users; ++user) {
      const std::string headers = headers_of(project, number, user);
      sign_up(server, headers, email_of(project, user));
      server.sign_ins[project].push_back(sign_in(headers, email_of(project, user)));
    }
  }
}

/// `%` in the command is replaced by the port.
std::vector<std::string> with_port(const std::vector<std::string>& command, std::uint16_t port) {
  std::vector<std::string> out = command;
  for (std::string& word : out)
    if (const std::size_t at = word.find('%'); at != std::string::npos) word.replace(at, 1, std::to_string(port));
  return out;
}

}  // namespace

void restart(Server& server) {
  server.process.reset();
  server.port = free_port();
  server.process = std::make_unique<Child>(with_port(server.command, server.port), server.folder.path() / "server.log",
                                           server.cores, server.group);
  if (!wait_listening(server.port, std::chrono::seconds(30)))
    throw std::runtime_error("the server did not start: " + server.command.front());
}

std::unique_ptr<Server> start_portcullis(const Options& options, const ServerPlan& plan) {
  auto server = std::make_unique<Server>();
  const std::string data = (server->folder.path() / "data").string();
  for (const std::string& project : plan.projects)
    if (run_quietly("'" + options.program + "' project create --data '" + data + "' --id " + project) != 0)
      throw std::runtime_error("no project " + project + " could be made");
  server->command = {options.program, "serve", "--listen",          "127.0.0.1:%", "--data",       data,
                     "--rate-limits", "off",   "--trusted-proxies", "127.0.0.0/8", "--log-format", "json"};
  if (plan.hash_threads > 0) {
    server->command.push_back("--hash-threads");
    server->command.push_back(std::to_string(plan.hash_threads));
  }
  server->group = plan.group;
  server->cores = plan.cores;
  restart(*server);
  fill(*server, plan);
  return server;
}

std::unique_ptr<Server> start_peer(const Options& options, const ServerPlan& plan) {
  const std::string script = (options.peer / "run").string();
  if (!std::filesystem::exists(script)) std::fprintf(stderr, "the peer is skipped: there is no %s\n", script.c_str());
  if (!std::filesystem::exists(script) || std::system(("'" + script + "' --install").c_str()) != 0) return nullptr;
  auto server = std::make_unique<Server>();
  server->command = {script, "%", server->folder.path().string()};
  restart(*server);
  fill(*server, plan);
  return server;
}

std::vector<std::string> session_checks(const Server& server, unsigned sessions) {
  std::vector<std::string> checks;
  const std::string project = server.sign_ins.begin()->first;
  for (unsigned i = 0; i < sessions; ++i) {
    const std::string headers = headers_of(project, 255, i);
    const std::string email = "keeper" + std::to_string(i) + "@example.com";
    sign_up(server, headers, email);
    const std::string head = fetch(server.port, sign_in(headers, email)).head;
    const std::size_t at = head.find("a_session_" + project + "=");
    if (at == std::string::npos) throw std::runtime_error("a sign-in set no cookie");
    const std::string cookie = head.substr(at, head.find(';', at) - at);
    checks.push_back(request_text("GET", "/v1/account", headers + "Cookie: " + cookie + "\r\n"));
  }
  return checks;
}

double capacity_of(const Server& server, unsigned threads, double seconds) {
  const Load load =
      closed_loop(server.port, server.sign_ins.begin()->second, threads * connections_a_thread, seconds, 201);
  return answered_a_second(load, "sign-ins");
}

}  // namespace portcullis::bench
