#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "core/json/writer.hpp"
#include "core/secret.hpp"
#include "net/commands/control/paths.hpp"
#include "net/commands/control/socket.hpp"

namespace portcullis::commands {
namespace {

using boost::asio::local::stream_protocol;

constexpr const char* socket_name = "control.sock";

std::string request_text(std::string_view command, const json::Value& arguments) {
  std::string text(4, '\0');
  json::Writer out(text);
  out.begin_object();
  out.field("command", command);
  out.key("arguments");
  out.value(arguments);
  out.end_object();
  const std::size_t size = text.size() - 4;
  if (size > most_request_bytes) throw std::runtime_error("the command's arguments are too long");
  for (std::size_t i = 0; i < 4; ++i) text[i] = static_cast<char>(size >> (8 * (3 - i)) & 0xff);
  return text;
}

}  // namespace

std::filesystem::path control_socket_path(const std::filesystem::path& data) { return data / socket_name; }

ControlAddress::ControlAddress(const std::filesystem::path& folder)
    : folder_(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
  if (folder_ < 0) throw std::system_error(errno, std::generic_category(), folder.string());
}

ControlAddress::~ControlAddress() { ::close(folder_); }

stream_protocol::endpoint ControlAddress::get() const {
  return stream_protocol::endpoint("/proc/self/fd/" + std::to_string(folder_) + "/" + socket_name);
}

std::optional<Outcome> ask_owner(const std::filesystem::path& data, std::string_view command,
                                 const json::Value& arguments) {
  std::error_code absent;
  if (!std::filesystem::exists(control_socket_path(data), absent)) return std::nullopt;
  const ControlAddress address(data);
  boost::asio::io_context context(1);
  stream_protocol::socket socket(context);
  boost::system::error_code failed;
  socket.connect(address.get(), failed);
  if (failed == boost::asio::error::connection_refused || failed == boost::system::errc::no_such_file_or_directory)
    return std::nullopt;
  if (failed) throw std::runtime_error("the control socket of " + data.string() + ": " + failed.message());

  std::string text = request_text(command, arguments);
  boost::asio::write(socket, boost::asio::buffer(text), failed);
  wipe(text);
  std::array<unsigned char, 4> head{};
  if (!failed) boost::asio::read(socket, boost::asio::buffer(head), failed);
  if (failed) throw std::runtime_error("the server that owns " + data.string() + " went away: " + failed.message());
  std::uint32_t size = 0;
  for (const unsigned char byte : head) size = size << 8 | byte;
  if (size < 1 || size > most_answer_bytes) throw std::runtime_error("the server's answer is not one of ours");
  std::string answer(size, '\0');
  boost::asio::read(socket, boost::asio::buffer(answer), failed);
  if (failed) throw std::runtime_error("the server that owns " + data.string() + " went away: " + failed.message());
  return Outcome{answer[0] == '+', answer.substr(1)};
}

}  // namespace portcullis::commands
