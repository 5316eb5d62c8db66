#pragma once
// The address of a Unix socket holds 107 bytes of path; longer paths are reached through an open descriptor of their
// folder.

#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>

namespace portcullis::commands {

/// The address of a socket in `folder`, and the descriptor through which a long path is reached while it is in use.
class ControlAddress {
 public:
  /// Throws std::system_error when the folder cannot be opened.
  explicit ControlAddress(const std::filesystem::path& folder);
  ~ControlAddress();
  ControlAddress(const ControlAddress&) = delete;
  ControlAddress& operator=(const ControlAddress&) = delete;
  [[nodiscard]] boost::asio::local::stream_protocol::endpoint get() const;

 private:
  int folder_ = -1;
};

}  // namespace portcullis::commands
