#pragma once
// libcurl's loop: all transfers of the outbound thread, and the sockets they use. One thread, but for wake().

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/outbound/transports.hpp"

namespace portcullis::outbound {

struct EasyEnd {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyEnd>;

class Transfers;

/// One try over the network. Made and destroyed on the loop's thread.
class Transfer {
 public:
  Transfer() : easy_(curl_easy_init()) {}
  virtual ~Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  [[nodiscard]] CURL* easy() const noexcept { return easy_.get(); }
  /// What it came to, when libcurl is done with it.
  [[nodiscard]] virtual Outcome finished(CURLcode code) = 0;

 protected:
  /// Ends the connections that were opened for this try, as if the other side had.
  void hang_up() const noexcept;

 private:
  friend class Transfers;
  Easy easy_;
  Transfers* loop_ = nullptr;
};

/// Whom a connection is to.
enum class Peer : std::uint8_t {
  trusted,   ///< the operator's choice: connections are kept for the next try
  stranger,  ///< somebody else's: a connection of its own for each try
  outsider   ///< likewise, and it must have a public address
};

class Transfers {
 public:
  Transfers();
  ~Transfers();  ///< abandon()
  Transfers(const Transfers&) = delete;
  Transfers& operator=(const Transfers&) = delete;

  void start(std::unique_ptr<Transfer> transfer, Peer peer);
  [[nodiscard]] std::vector<Outcome> wait(std::chrono::milliseconds at_most);
  void wake() noexcept;
  void abandon();

 private:
  friend class Transfer;
  [[nodiscard]] std::vector<Outcome> collect();
  void forget(const Transfer& transfer) noexcept;
  static curl_socket_t open_socket(void* transfer, curlsocktype purpose, curl_sockaddr* address);
  static curl_socket_t open_public_socket(void* transfer, curlsocktype purpose, curl_sockaddr* address);
  static int close_socket(void* self, curl_socket_t socket);

  CURLM* multi_;
  std::map<CURL*, std::unique_ptr<Transfer>> running_;
  std::map<curl_socket_t, const Transfer*> sockets_;  ///< and the try that each was opened for; null: it is over
};

}  // namespace portcullis::outbound
