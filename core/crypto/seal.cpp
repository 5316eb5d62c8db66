#include "core/crypto/seal.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "core/crypto/digest.hpp"
#include "core/crypto/encoding.hpp"
#include "core/random.hpp"

namespace portcullis::crypto {
namespace {

constexpr char format = 1;
constexpr std::size_t id_bytes = 4;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t key_bytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

[[noreturn]] void fail(const std::filesystem::path& file, std::string_view why) {
  throw std::runtime_error("the sealing key file " + file.string() + " " + std::string(why));
}

class File {
 public:
  File(const std::filesystem::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

void create_key(const std::filesystem::path& file, Random& random) {
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  std::filesystem::create_directories(folder);
  const std::filesystem::path fresh = file.string() + ".new";
  std::string text = random.hex(key_bytes) + "\n";
  {
    const File out(fresh, O_WRONLY | O_CREAT | O_TRUNC);
    const bool written =
        out.fd() >= 0 && ::write(out.fd(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
    wipe(text);
    if (!written || ::fsync(out.fd()) != 0) fail(file, std::string("cannot be written: ") + std::strerror(errno));
  }
  // link(2) fails when the name exists, so that two concurrent first starts cannot replace each other's key.
  if (::link(fresh.c_str(), file.c_str()) != 0 && errno != EEXIST)
    fail(file, std::string("cannot be made: ") + std::strerror(errno));
  ::unlink(fresh.c_str());
  const File parent(folder, O_RDONLY | O_DIRECTORY);
  if (parent.fd() < 0 || ::fsync(parent.fd()) != 0) fail(file, "cannot be flushed to disk with its folder");
}

}  // namespace

Sealer::Sealer(Secret key, Random& random) : key_(std::move(key)), random_(random) {
  if (key_.size() != key_bytes) throw std::runtime_error("a sealing key has 32 bytes");
  key_id_ = hkdf(key_.view(), "seal-key-id").substr(0, id_bytes);
}

Sealer::~Sealer() = default;

std::string Sealer::seal(std::string_view plain, std::string_view associated) const {
  const std::string nonce = random_.bytes(nonce_bytes);
  std::string out(1, format);
  out += key_id_;
  out += nonce;
  const std::size_t head = out.size();
  out.resize(head + plain.size() + tag_bytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(out) + head, nullptr, bytes(plain), plain.size(), bytes(associated),
                                             associated.size(), nullptr, bytes(nonce), bytes(key_.view()));
  return out;
}

std::optional<Secret> Sealer::open(std::string_view sealed, std::string_view associated) const {
  constexpr std::size_t head = 1 + id_bytes + nonce_bytes;
  if (sealed.size() < head + tag_bytes || sealed.front() != format || sealed.substr(1, id_bytes) != key_id_)
    return std::nullopt;
  const std::string_view nonce = sealed.substr(1 + id_bytes, nonce_bytes);
  const std::string_view cipher = sealed.substr(head);
  std::string plain(cipher.size() - tag_bytes, '\0');
  const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(bytes(plain), nullptr, nullptr, bytes(cipher),
                                                                cipher.size(), bytes(associated), associated.size(),
                                                                bytes(nonce), bytes(key_.view()));
  if (failed != 0) return std::nullopt;
  return Secret::take(plain);
}

Secret load_or_create_seal_key(const std::filesystem::path& file, Random& random, bool create) {
  if (create && !std::filesystem::exists(file)) create_key(file, random);
  const File in(file, O_RDONLY);
  struct stat facts {};
  if (in.fd() < 0 || ::fstat(in.fd(), &facts) != 0) fail(file, std::string("cannot be read: ") + std::strerror(errno));
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) fail(file, "is open to others; chmod it to 0600");
  std::string text(2 * key_bytes + 2, '\0');
  const ssize_t got = ::read(in.fd(), text.data(), text.size());
  std::string_view digits = std::string_view(text).substr(0, got < 0 ? 0 : static_cast<std::size_t>(got));
  while (!digits.empty() && (digits.back() == '\n' || digits.back() == '\r')) digits.remove_suffix(1);
  std::optional<std::string> key = digits.size() == 2 * key_bytes ? from_hex(digits) : std::nullopt;
  wipe(text);
  if (!key) fail(file, "is no key: it must hold 64 hexadecimal digits");
  return Secret::take(*key);
}

}  // namespace portcullis::crypto
