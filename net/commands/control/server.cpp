#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <list>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "core/secret.hpp"
#include "net/commands/arguments.hpp"
#include "net/commands/control/paths.hpp"
#include "net/commands/control/socket.hpp"

namespace portcullis::commands {
namespace {

using boost::asio::use_awaitable;
using boost::asio::local::stream_protocol;

constexpr auto as_result = boost::asio::as_tuple(use_awaitable);
constexpr std::chrono::seconds message_time{10};        // for the whole request, and again for the whole answer
constexpr std::chrono::milliseconds accept_pause{100};  // when no descriptor is free
constexpr std::size_t most_clients = 32;

/// One connection; used on the control thread only, owned by its coroutine and by the list of open ones.
struct Client {
  explicit Client(stream_protocol::socket s) : socket(std::move(s)), timer(socket.get_executor()) {}
  stream_protocol::socket socket;
  boost::asio::steady_timer timer;
  bool running = false;  ///< a command is running: do not close the socket at stop

  void close() {
    boost::system::error_code ignored;
    socket.close(ignored);
  }
};

/// Closes the client's socket at the deadline, which ends all operations on it.
void limit_time(const std::shared_ptr<Client>& client) {
  client->timer.expires_after(message_time);
  client->timer.async_wait([weak = std::weak_ptr<Client>(client)](boost::system::error_code cancelled) {
    const std::shared_ptr<Client> alive = weak.lock();
    if (!cancelled && alive) alive->close();
  });
}

bool is_allowed(stream_protocol::socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == ::geteuid() || peer.uid == 0;
}

struct Order {
  std::string command;
  json::Value arguments;
};

std::optional<Order> read_order(std::string& text) {
  std::optional<json::Value> value = json::parse(text);
  wipe(text);
  if (!value || value->object() == nullptr) return std::nullopt;
  auto& members = std::get<json::Object>(value->data);
  Order order;
  for (auto& [name, member] : members) {
    if (name == "command" && member.string() != nullptr) order.command = *member.string();
    if (name == "arguments" && member.object() != nullptr) order.arguments = std::move(member);
  }
  json::wipe(*value);
  if (order.command.empty()) return std::nullopt;
  return order;
}

std::string answer_text(const Outcome& outcome) {
  const std::size_t size = outcome.body.size() + 1;
  std::string text(4, '\0');
  for (std::size_t i = 0; i < 4; ++i) text[i] = static_cast<char>(size >> (8 * (3 - i)) & 0xff);
  text += outcome.ok ? '+' : '-';
  return text + outcome.body;
}

/// The request's payload; empty when it is malformed or the client has closed.
awaitable<std::string> read_message(std::shared_ptr<Client> client) {
  std::array<unsigned char, 4> head{};
  const auto head_buffer = boost::asio::buffer(head);
  const auto [no_head, head_size] = co_await boost::asio::async_read(client->socket, head_buffer, as_result);
  if (no_head || head_size != head.size()) co_return std::string();
  std::uint32_t size = 0;
  for (const unsigned char byte : head) size = size << 8 | byte;
  if (size < 2 || size > most_request_bytes) co_return std::string();
  std::string text(size, '\0');
  const auto text_buffer = boost::asio::buffer(text);
  const auto [no_text, text_size] = co_await boost::asio::async_read(client->socket, text_buffer, as_result);
  if (no_text || text_size != text.size()) wipe(text);
  co_return text;
}

awaitable<Outcome> run_order(Services* services, Order order, const std::atomic<bool>* stopping) {
  const std::string name = order.command;
  try {
    co_return co_await run(*services, std::move(order.command), std::move(order.arguments), stopping);
  } catch (const std::exception& failed) {
    services->log.error("command " + name + " failed: " + failed.what());
  }
  co_return refused("general_unknown", "the command failed; the server's log says why");
}

awaitable<void> serve_client(std::shared_ptr<Client> client, Services* services, const std::atomic<bool>* stopping) {
  limit_time(client);
  std::string text = co_await read_message(client);
  client->timer.cancel();
  std::optional<Order> order = read_order(text);
  if (!order) {
    client->close();
    co_return;
  }
  client->running = true;
  Order taken = std::move(*order);
  const Outcome outcome = co_await run_order(services, std::move(taken), stopping);
  std::string answer = answer_text(outcome);
  limit_time(client);
  const auto answer_buffer = boost::asio::buffer(answer);
  [[maybe_unused]] const auto [unsent, sent] =
      co_await boost::asio::async_write(client->socket, answer_buffer, as_result);
  wipe(answer);  // it may hold the secret of a new key
  client->timer.cancel();
  client->close();
}

}  // namespace

struct ControlServer::State {
  std::filesystem::path data;
  Services& services;
  ControlAddress address;
  boost::asio::io_context context{1};
  stream_protocol::acceptor acceptor{context};
  boost::asio::steady_timer pause{context};
  std::list<std::weak_ptr<Client>> clients;
  std::atomic<bool> stopping{false};
  std::thread thread;

  State(const std::filesystem::path& folder, Services& s) : data(folder), services(s), address(folder) {}

  void listen() {
    ::unlink(control_socket_path(data).c_str());
    acceptor.open();
    boost::system::error_code failed;
    acceptor.bind(address.get(), failed);
    if (!failed && ::chmod(control_socket_path(data).c_str(), 0600) != 0)
      failed.assign(errno, boost::system::system_category());
    if (!failed) acceptor.listen(static_cast<int>(most_clients), failed);
    if (failed)
      throw std::runtime_error("the control socket " + control_socket_path(data).string() + ": " + failed.message());
  }

  void accept() {
    acceptor.async_accept([this](boost::system::error_code failed, stream_protocol::socket socket) {
      if (stopping.load(std::memory_order_relaxed) || !acceptor.is_open()) return;
      clients.remove_if([](const std::weak_ptr<Client>& client) { return client.expired(); });
      if (!failed && clients.size() < most_clients && is_allowed(socket)) {
        auto client = std::make_shared<Client>(std::move(socket));
        clients.push_back(client);
        boost::asio::co_spawn(context, serve_client(client, &services, &stopping), boost::asio::detached);
      }
      if (!failed) return accept();
      pause.expires_after(accept_pause);
      pause.async_wait([this](boost::system::error_code) {
        if (acceptor.is_open()) accept();
      });
    });
  }

  void close() {
    boost::system::error_code ignored;
    acceptor.close(ignored);
    pause.cancel();
    for (const std::weak_ptr<Client>& weak : clients)
      if (const std::shared_ptr<Client> client = weak.lock(); client && !client->running) client->close();
  }
};

ControlServer::ControlServer(const std::filesystem::path& data, Services& services)
    : state_(std::make_unique<State>(data, services)) {
  state_->listen();
  state_->accept();
  state_->thread = std::thread([state = state_.get()] { state->context.run(); });
}

ControlServer::~ControlServer() { stop(); }

void ControlServer::stop() {
  if (state_->stopping.exchange(true)) return;
  boost::asio::post(state_->context, [state = state_.get()] { state->close(); });
  state_->thread.join();
  ::unlink(control_socket_path(state_->data).c_str());
}

}  // namespace portcullis::commands
