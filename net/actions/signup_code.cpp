#include "net/actions/signup_code.hpp"

#include <utility>

#include "core/crypto/digest.hpp"
#include "core/crypto/encoding.hpp"
#include "core/validators.hpp"
#include "storage/codec.hpp"
#include "storage/keys.hpp"

namespace portcullis {
namespace {

constexpr std::size_t code_bytes = 16;

/// The stored hash; empty when there is none.
awaitable<result<std::string>> stored_hash(storage::Engine& engine) {
  const std::string key = storage::keys::signup_code();
  storage::Reads reads;
  reads.keys.push_back(key);
  const result<storage::Rows> rows = co_await engine.read(std::move(reads));
  if (!rows) co_return rows.error();
  const std::optional<std::string_view> value = rows->view().values[0];
  if (!value) co_return std::string{};
  co_return storage::codec::read<std::string>(storage::Row{key, *value});
}

}  // namespace

Secret new_signup_code(Random& random) {
  std::string digits = random.hex(code_bytes);
  Secret code(digits);
  wipe(digits);
  return code;
}

std::string signup_code_hash(std::string_view code) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t from = std::min(code.find_first_not_of(blanks), code.size());
  const std::size_t to = code.find_last_not_of(blanks) + 1;
  std::string digits = validators::ascii_lower(code.substr(from, to < from ? 0 : to - from));
  const crypto::Sha256 hash = crypto::sha256(digits);
  wipe(digits);
  return crypto::to_hex({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

awaitable<result<bool>> awaits_signup_code(storage::Engine& engine) {
  const result<std::string> stored = co_await stored_hash(engine);
  if (!stored) co_return stored.error();
  co_return !stored->empty();
}

awaitable<result<bool>> is_signup_code(storage::Engine& engine, std::string hash) {
  const result<std::string> stored = co_await stored_hash(engine);
  if (!stored) co_return stored.error();
  co_return constant_time_equal(*stored, hash);
}

}  // namespace portcullis
