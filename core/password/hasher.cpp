#include "core/password/hasher.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <span>
#include <vector>

#include "core/password/argon2.hpp"
#include "core/password/blake2b.hpp"
#include "core/password/phc.hpp"
#include "core/random.hpp"

namespace portcullis {
namespace {

constexpr std::size_t salt_size = 16;
constexpr std::size_t tag_size = 32;
constexpr std::string_view argon2_name = "argon2";

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::span<std::uint8_t> bytes_of(std::string& text) {
  return {reinterpret_cast<std::uint8_t*>(text.data()), text.size()};
}

CostClass class_of(const Argon2Phc& phc) { return CostClass{0, phc.memory_kib, phc.passes, phc.lanes}; }

/// The wire's `hashOptions`. Source: contract account.md section 9.
PasswordHash as_stored(const Argon2Phc& phc) {
  PasswordHash stored;
  stored.algorithm = argon2_name;
  stored.encoded = format_phc(phc);
  stored.options = R"({"type":"argon2","memory_cost":)" + std::to_string(phc.memory_kib) + R"(,"time_cost":)" +
                   std::to_string(phc.passes) + R"(,"threads":)" + std::to_string(phc.lanes) + "}";
  return stored;
}

/// How hashes are computed; what works on hash threads keep of their hasher.
struct Engine {
  argon2::Selection selection;
  Peppers peppers;
};
using EnginePtr = std::shared_ptr<const Engine>;

/// `phc`'s parameters, salt and pepper over `password`, into `tag`; on a hash thread. A pepper that is not there is
/// none: whoever asks knows that nothing can match.
bool compute(const Engine& engine, const Argon2Phc& phc, std::string_view password, HashArena arena,
             std::span<std::uint8_t> tag) {
  const argon2::Params params{phc.id, phc.version, phc.memory_kib, phc.passes, phc.lanes};
  argon2::Inputs inputs{bytes_of(password), bytes_of(std::string_view(phc.salt)), {}, {}};
  if (const Pepper* pepper = engine.peppers.find(phc.key_id)) inputs.secret = bytes_of(pepper->secret.view());
  return argon2::hash(engine.selection.kernel, params, inputs, {static_cast<std::byte*>(arena.data), arena.size}, tag);
}

/// What the works of one call share; each work writes its own `hits` entry.
struct Verification {
  EnginePtr engine;
  Secret password;
  std::vector<Argon2Phc> expected;
  std::vector<bool> can_match;  ///< read-only while works run
  std::vector<std::uint8_t> hits;

  void check(std::size_t index, HashArena arena) {
    const Argon2Phc& phc = expected[index];
    std::string tag(phc.tag.size(), '\0');
    const bool computed = compute(*engine, phc, password.view(), arena, bytes_of(tag));
    const bool equal = constant_time_equal(tag, phc.tag);
    hits[index] = computed && equal && can_match[index] ? 1 : 0;
    wipe(tag);
  }
};

struct Creation {
  EnginePtr engine;
  Secret password;
  Argon2Phc phc;
  bool computed = false;
};

}  // namespace

struct Hasher::State {
  State(HashPool& pool_in, Argon2Cost cost_in, Random& random_in, argon2::Selection selection, Peppers peppers)
      : pool(pool_in),
        cost(cost_in),
        random(random_in),
        engine(std::make_shared<const Engine>(Engine{std::move(selection), std::move(peppers)})) {
    random.fill(decoy_key);
  }
  ~State() { wipe(decoy_key.data(), decoy_key.size()); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  [[nodiscard]] Argon2Phc new_phc(std::string salt, std::string tag) const {
    Argon2Phc phc;
    phc.memory_kib = cost.memory_kib;
    phc.passes = cost.passes;
    phc.key_id = current_pepper();
    phc.salt = std::move(salt);
    phc.tag = std::move(tag);
    return phc;
  }
  [[nodiscard]] std::string_view current_pepper() const {
    const Pepper* const pepper = engine->peppers.current();
    return pepper ? std::string_view(pepper->id) : std::string_view{};
  }
  [[nodiscard]] CostClass own_class() const { return CostClass{0, cost.memory_kib, cost.passes, 1}; }

  /// Empty when nothing can be matched against it.
  [[nodiscard]] std::optional<Argon2Phc> readable(const PasswordHash& stored) {
    if (stored.algorithm != argon2_name) return {};
    std::optional<Argon2Phc> phc = parse_phc(stored.encoded);
    if (phc && phc->memory_kib > pool.largest_kib()) phc.reset();
    if (phc && !phc->key_id.empty() && !engine->peppers.find(phc->key_id)) {
      unknown_peppers.fetch_add(1, std::memory_order_relaxed);
      phc.reset();
    }
    return phc;
  }

  void expect(Verification& verification, const PasswordHash& stored) {
    std::optional<Argon2Phc> phc = readable(stored);
    verification.can_match.push_back(phc.has_value());
    // What cannot match still costs one hash, so that nobody learns which it was.
    verification.expected.push_back(phc ? std::move(*phc)
                                        : new_phc(std::string(salt_size, '\0'), std::string(tag_size, '\0')));
    verification.hits.push_back(0);
  }

  HashPool& pool;
  Argon2Cost cost;
  Random& random;
  const EnginePtr engine;
  std::atomic<std::uint64_t> unknown_peppers{0};
  std::array<std::uint8_t, 32> decoy_key{};
};

Hasher::Hasher(HashPool& pool, Argon2Cost cost, Random& random) : Hasher(pool, cost, random, argon2::select_kernel()) {}

Hasher::Hasher(HashPool& pool, Argon2Cost cost, Random& random, argon2::Selection selection, Peppers peppers)
    : state_(std::make_unique<State>(pool, cost, random, std::move(selection), std::move(peppers))) {}

Hasher::~Hasher() = default;

awaitable<result<PasswordHash>> Hasher::hash(Secret password, HashTicket ticket) {
  auto creation = std::make_shared<Creation>();
  creation->engine = state_->engine;
  creation->password = std::move(password);
  creation->phc = state_->new_phc(state_->random.bytes(salt_size), std::string(tag_size, '\0'));
  std::vector<HashWork> works;
  works.emplace_back([creation](HashArena arena) {
    std::string& tag = creation->phc.tag;
    std::string made(tag.size(), '\0');
    creation->computed = compute(*creation->engine, creation->phc, creation->password.view(), arena, bytes_of(made));
    tag = std::move(made);
  });
  const CostClass cost = state_->own_class();
  const result<void> ran = co_await state_->pool.run(cost, std::move(works), std::move(ticket));
  if (!ran) co_return ran.error();
  if (!creation->computed) co_return error(errc::general_server_error);
  co_return as_stored(creation->phc);
}

awaitable<result<std::optional<std::size_t>>> Hasher::matches_any(std::vector<PasswordHash> hashes, Secret password,
                                                                  HashTicket ticket) {
  auto verification = std::make_shared<Verification>();
  verification->engine = state_->engine;
  verification->password = std::move(password);
  std::vector<HashWork> works;
  CostClass dearest;
  for (const PasswordHash& stored : hashes) {
    state_->expect(*verification, stored);
    dearest = std::max(dearest, class_of(verification->expected.back()));
    works.emplace_back([verification, index = works.size()](HashArena arena) { verification->check(index, arena); });
  }
  const result<void> ran = co_await state_->pool.run(dearest, std::move(works), std::move(ticket));
  if (!ran) co_return ran.error();
  const auto hit = std::find(verification->hits.begin(), verification->hits.end(), std::uint8_t{1});
  std::optional<std::size_t> first;
  if (hit != verification->hits.end()) first = static_cast<std::size_t>(hit - verification->hits.begin());
  co_return first;
}

awaitable<result<bool>> Hasher::verify(PasswordHash expected, Secret password, HashTicket ticket) {
  std::vector<PasswordHash> one;
  one.push_back(std::move(expected));
  const result<std::optional<std::size_t>> match =
      co_await matches_any(std::move(one), std::move(password), std::move(ticket));
  if (!match) co_return match.error();
  co_return match->has_value();
}

PasswordHash Hasher::decoy(ProjectNo project, std::string_view email) const {
  std::string drawn(salt_size + tag_size, '\0');
  Blake2b keyed(drawn.size(), state_->decoy_key);
  keyed.add_le32(static_cast<std::uint32_t>(project));
  keyed.add(bytes_of(email));
  keyed.finish(bytes_of(drawn));
  return as_stored(state_->new_phc(drawn.substr(0, salt_size), drawn.substr(salt_size)));
}

bool Hasher::needs_rehash(const PasswordHash& stored) const {
  if (stored.algorithm != argon2_name) return true;
  const std::optional<Argon2Phc> phc = parse_phc(stored.encoded);
  return !phc || !phc->id || phc->version != 0x13 || phc->lanes != 1 || phc->memory_kib != state_->cost.memory_kib ||
         phc->passes != state_->cost.passes || phc->key_id != state_->current_pepper() || phc->tag.size() != tag_size ||
         phc->salt.size() < salt_size;
}

result<void> Hasher::admits(const HashTicket& ticket) const {
  return state_->pool.admits(state_->own_class(), 1, ticket);
}

Argon2Cost Hasher::cost() const noexcept { return state_->cost; }
CostClass Hasher::cost_class() const noexcept { return state_->own_class(); }

std::uint64_t Hasher::unknown_peppers() const noexcept {
  return state_->unknown_peppers.load(std::memory_order_relaxed);
}

const argon2::Selection& Hasher::engine() const noexcept { return state_->engine->selection; }

}  // namespace portcullis
