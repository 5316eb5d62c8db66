#pragma once
// The address of a Unix socket holds 107 bytes of path; longer paths are reached through an open descriptor of their
// folder.

#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>

namespace portcullis::admin {

/// The address of a socket in `folder`, and the descriptor through which a long path is reached while it is in use.
class ControlEndpoint {
 public:
  /// Throws std::system_error when the folder cannot be opened.
  explicit ControlEndpoint(const std::filesystem::path& folder);
  ~ControlEndpoint();
  ControlEndpoint(const ControlEndpoint&) = delete;
  ControlEndpoint& operator=(const ControlEndpoint&) = delete;
  [[nodiscard]] boost::asio::local::stream_protocol::endpoint get() const;

 private:
  int folder_ = -1;
};

}  // namespace portcullis::admin
