#include "net/outbound/transfers.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>

#include "policies/address_policy.hpp"

namespace portcullis::outbound {
namespace {

/// Once for the process; libcurl counts for itself.
void prepare_library() {
  static const CURLcode prepared = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (prepared != CURLE_OK) throw std::runtime_error("libcurl cannot be used");
}

bool is_public(const curl_sockaddr& address) noexcept {
  if (address.family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address.addr, sizeof v4);
    std::uint8_t bytes[4];
    std::memcpy(bytes, &v4.sin_addr, sizeof bytes);
    return policies::is_public_address(bytes);
  }
  if (address.family != AF_INET6) return false;
  // The structure ends in a plain sockaddr, behind which libcurl keeps the rest of a longer one.
  std::uint8_t bytes[16];
  const auto* const v6 = reinterpret_cast<const unsigned char*>(&address.addr) + offsetof(sockaddr_in6, sin6_addr);
  std::memcpy(bytes, v6, sizeof bytes);
  return policies::is_public_address(bytes);
}

}  // namespace

Transfers::Transfers() {
  prepare_library();
  multi_ = curl_multi_init();
  if (multi_ == nullptr) throw std::bad_alloc();
  // Idle connections are kept for the next message to the same host. libcurl closes the oldest of too many politely,
  // which waits for the other side's answer on this thread, and those that are too old without a word: so there are
  // never too many.
  constexpr long many = 4096;
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, many);
}

Transfers::~Transfers() {
  abandon();
  // libcurl would say goodbye on each idle connection and wait for answers.
  for (const auto& [each, opener] : sockets_) ::shutdown(each, SHUT_RDWR);
  curl_multi_cleanup(multi_);
}

curl_socket_t Transfers::open_socket(void* transfer, curlsocktype, curl_sockaddr* address) {
  const curl_socket_t opened = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  const auto* const opener = static_cast<const Transfer*>(transfer);
  if (opened >= 0) opener->loop_->sockets_[opened] = opener;
  return opened;
}

void Transfer::hang_up() const noexcept {
  for (const auto& [socket, opener] : loop_->sockets_)
    if (opener == this) ::shutdown(socket, SHUT_RDWR);
}

void Transfers::forget(const Transfer& transfer) noexcept {
  for (auto& [socket, opener] : sockets_)
    if (opener == &transfer) opener = nullptr;
}

/// The address that is checked is the one that is connected to: no name is looked up in between.
curl_socket_t Transfers::open_public_socket(void* transfer, curlsocktype purpose, curl_sockaddr* address) {
  return is_public(*address) ? open_socket(transfer, purpose, address) : CURL_SOCKET_BAD;
}

int Transfers::close_socket(void* self, curl_socket_t socket) {
  static_cast<Transfers*>(self)->sockets_.erase(socket);
  return ::close(socket);
}

void Transfers::start(std::unique_ptr<Transfer> transfer, Peer peer) {
  constexpr long idle_s = 30;
  CURL* const easy = transfer->easy();
  if (easy == nullptr) throw std::bad_alloc();
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, peer == Peer::outsider ? open_public_socket : open_socket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer.get());
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
  // Of a stranger's connection it must be known which one it is, to hang up on it, and that its address was checked.
  if (peer != Peer::trusted) {
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  }
  transfer->loop_ = this;
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");  // whatever the environment says
  curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, idle_s);
  if (curl_multi_add_handle(multi_, easy) != CURLM_OK) throw std::bad_alloc();
  running_.emplace(easy, std::move(transfer));
}

std::vector<Outcome> Transfers::collect() {
  int running = 0;
  curl_multi_perform(multi_, &running);
  std::vector<Outcome> outcomes;
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* const easy = message->easy_handle;
    const CURLcode code = message->data.result;
    const auto found = running_.find(easy);
    if (found == running_.end()) continue;
    outcomes.push_back(found->second->finished(code));
    curl_multi_remove_handle(multi_, easy);
    forget(*found->second);
    running_.erase(found);
  }
  return outcomes;
}

std::vector<Outcome> Transfers::wait(std::chrono::milliseconds at_most) {
  std::vector<Outcome> outcomes = collect();
  if (!outcomes.empty()) return outcomes;
  const auto ms = std::clamp<std::int64_t>(at_most.count(), 0, 60000);
  curl_multi_poll(multi_, nullptr, 0, static_cast<int>(ms), nullptr);
  return collect();
}

void Transfers::wake() noexcept { curl_multi_wakeup(multi_); }

void Transfers::abandon() {
  for (const auto& [each, opener] : sockets_) ::shutdown(each, SHUT_RDWR);
  for (const auto& [easy, transfer] : running_) {
    curl_multi_remove_handle(multi_, easy);
    forget(*transfer);
  }
  running_.clear();
}

}  // namespace portcullis::outbound
