// A file of users as JSON lines: whatever it holds, reading ends, lines only grow, and what a user is made of is within
// the rules of the users service.

#include <optional>
#include <string>

#include "core/clock.hpp"
#include "core/hashing/pool.hpp"
#include "core/validators.hpp"
#include "net/transfer/record_reader.hpp"
#include "net/transfer/user_record.hpp"
#include "tests/fuzz/support/check.hpp"

namespace {

using namespace portcullis;
using namespace portcullis::transfer;

void check_user(const changes::NewUser& made) {
  const User& user = made.user;
  fuzz::require(validators::is_uid(user.id), "an id");
  fuzz::require(user.email.empty() || validators::is_email(user.email), "an e-mail or none");
  fuzz::require(user.phone.empty() || validators::is_phone(user.phone), "a phone number or none");
  fuzz::require(validators::utf8_length(user.name).value_or(129) <= 128, "a name");
  for (const std::string& label : user.labels) fuzz::require(validators::is_label(label), "labels");
  fuzz::require(made.prefs.empty() || made.prefs.front() == '{', "preferences are an object");
  const bool has_hash = !made.credential.hash.encoded.empty();
  fuzz::require(has_hash == (made.credential.password_revision == 1), "a password has a revision");
  fuzz::require(has_hash == user.password_updated_at.has_value(), "and a time");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const SystemClock clock;
  static SystemRandom random;
  static HashPool pool(HashPoolOptions{1, 8}, clock);
  static const Hasher hasher(pool, Argon2Cost{8, 1}, random);
  static const ProjectSettings settings;
  const ReadingContext context{settings, hasher, random, clock.now()};

  const std::unique_ptr<RecordReader> reader = read_records(Format::json_lines, source_of(fuzz::text_of(data, size)));
  std::uint64_t line = 0;
  while (const std::optional<Record> record = reader->next()) {
    fuzz::require(record->line > line, "lines grow");
    line = record->line;
    if (!record->refusal.empty()) continue;
    const ReadUser read = read_user(record->members, context);
    fuzz::require(read.refusal.find_first_of("\r\n") == std::string::npos, "a reason is one line");
    if (read.refusal.empty()) check_user(read.user);
  }
  fuzz::require(reader->bytes_read() == size, "all of it is read");
  return 0;
}
