#pragma once
// libcurl's loop: all transfers of the outbound thread, and the sockets they use. One thread, but for wake().

#include <curl/curl.h>

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "net/outbound/transports.hpp"

namespace portcullis::outbound {

struct EasyEnd {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyEnd>;

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

 private:
  Easy easy_;
};

class Transfers {
 public:
  Transfers();
  ~Transfers();  ///< abandon()
  Transfers(const Transfers&) = delete;
  Transfers& operator=(const Transfers&) = delete;

  /// Takes it; `public_only`: connects to no address that policies::is_public_address refuses.
  void start(std::unique_ptr<Transfer> transfer, bool public_only);
  [[nodiscard]] std::vector<Outcome> wait(std::chrono::milliseconds at_most);
  void wake() noexcept;
  void abandon();

 private:
  [[nodiscard]] std::vector<Outcome> collect();
  static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static curl_socket_t open_public_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int close_socket(void* self, curl_socket_t socket);

  CURLM* multi_;
  std::map<CURL*, std::unique_ptr<Transfer>> running_;
  std::set<curl_socket_t> sockets_;
};

}  // namespace portcullis::outbound
