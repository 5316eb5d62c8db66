#include "core/password/hasher.hpp"

#include <algorithm>
#include <atomic>
#include <vector>

#include "core/password/argon2.hpp"
#include "core/password/decoy.hpp"
#include "core/password/verification.hpp"
#include "core/random.hpp"

namespace portcullis {
namespace {

constexpr std::size_t salt_size = 16;
constexpr std::size_t tag_size = 32;
constexpr std::string_view argon2_name = "argon2";
constexpr std::string_view too_slow = "takes longer to check on this machine than --foreign-hash-time";
// Relative to the configured cost in KiB times passes: a deadline made for hashes of that cost is too short for two.
constexpr std::uint64_t clearly_dearer = 2;

PasswordHash as_stored(const Argon2Phc& phc) {
  return PasswordHash{std::string(argon2_name), format_phc(phc), hash_options(phc)};
}

struct Creation {
  HashEnginePtr engine;
  Secret password;
  Argon2Phc phc;
  bool computed = false;
};

}  // namespace

struct Hasher::State {
  State(HashPool& pool_in, Argon2Cost cost_in, Random& random_in, argon2::Selection selection, Peppers peppers,
        ImportBound bound_in)
      : pool(pool_in),
        cost(cost_in),
        random(random_in),
        bound(bound_in),
        engine(std::make_shared<const HashEngine>(HashEngine{std::move(selection), std::move(peppers)})) {}

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
  [[nodiscard]] std::optional<Argon2Phc> usable(std::optional<Argon2Phc> phc) {
    if (phc && phc->memory_kib > pool.largest_kib()) phc.reset();
    if (phc && !phc->key_id.empty() && !engine->peppers.find(phc->key_id)) {
      unknown_peppers.fetch_add(1, std::memory_order_relaxed);
      phc.reset();
    }
    return phc;
  }
  [[nodiscard]] ReadHash read(const PasswordHash& stored) const {
    if (stored.algorithm == argon2_name) return {parse_phc(stored.encoded), {}};
    return {{}, ForeignHash::read(stored, bounds())};
  }

  [[nodiscard]] Argon2Phc zero_phc() const {
    return new_phc(std::string(salt_size, '\0'), std::string(tag_size, '\0'));
  }
  [[nodiscard]] ForeignBounds bounds() const {
    ForeignBounds bounds;
    bounds.memory_kib = pool.largest_kib();
    return bounds;
  }

  /// Its tag is computed later.
  [[nodiscard]] Argon2Phc fresh_phc() const { return new_phc(random.bytes(salt_size), std::string(tag_size, '\0')); }
  /// Has it the parameters of a new hash, apart from salt and password?
  [[nodiscard]] bool is_current(const Argon2Phc& phc) const {
    return phc.id && phc.version == 0x13 && phc.lanes == 1 && phc.memory_kib == cost.memory_kib &&
           phc.passes == cost.passes && phc.key_id == current_pepper() && phc.tag.size() == tag_size &&
           phc.salt.size() >= salt_size;
  }

  [[nodiscard]] bool takes_too_long(const CostClass& cost_class) const {
    return bound.speed.of(cost_class) > bound.time;
  }

  [[nodiscard]] Expectation expect(ReadHash stored, OnMatch then) {
    Expectation each;
    each.foreign = std::move(stored.foreign);
    each.only_on_match = !each.foreign || !each.foreign->is_fast();
    if (!each.foreign) each.argon2 = usable(std::move(stored.argon2));
    each.can_match = each.foreign || each.argon2;
    const bool is_old = each.foreign || (each.argon2 && !is_current(*each.argon2));
    if (!each.only_on_match || (is_old && then == OnMatch::hash_anew)) each.fresh = fresh_phc();
    if (each.foreign) return each;
    // A hash that no password can match still costs one hash, so that timing does not reveal which it was.
    if (!each.argon2) each.argon2 = zero_phc();
    return each;
  }

  [[nodiscard]] awaitable<result<std::shared_ptr<const Verification>>> run(std::vector<ReadHash> hashes,
                                                                           Secret password, HashTicket ticket,
                                                                           OnMatch then);

  HashPool& pool;
  Argon2Cost cost;
  Random& random;
  const ImportBound bound;
  const HashEnginePtr engine;
  std::atomic<std::uint64_t> unknown_peppers{0};
};

Hasher::Hasher(HashPool& pool, Argon2Cost cost, Random& random) : Hasher(pool, cost, random, argon2::select_kernel()) {}

Hasher::Hasher(HashPool& pool, Argon2Cost cost, Random& random, argon2::Selection selection, Peppers peppers,
               ImportBound bound)
    : state_(std::make_unique<State>(pool, cost, random, std::move(selection), std::move(peppers), bound)) {}

Hasher::~Hasher() = default;

awaitable<result<PasswordHash>> Hasher::hash(Secret password, HashTicket ticket) {
  auto creation = std::make_shared<Creation>();
  creation->engine = state_->engine;
  creation->password = std::move(password);
  creation->phc = state_->fresh_phc();
  std::vector<HashWork> works;
  works.emplace_back([creation](HashArena arena) {
    creation->computed = compute_tag(*creation->engine, creation->phc, creation->password.view(), arena);
  });
  const CostClass cost = state_->own_class();
  const result<void> ran = co_await state_->pool.run(cost, std::move(works), std::move(ticket));
  if (!ran) co_return ran.error();
  if (!creation->computed) co_return error(errc::general_server_error);
  co_return as_stored(creation->phc);
}

awaitable<result<std::shared_ptr<const Verification>>> Hasher::State::run(std::vector<ReadHash> hashes, Secret password,
                                                                          HashTicket ticket, OnMatch then) {
  auto verification = std::make_shared<Verification>();
  verification->engine = engine;
  verification->password = std::move(password);
  for (ReadHash& stored : hashes) verification->expected.push_back(expect(std::move(stored), then));
  std::vector<HashWork> works;
  works.reserve(hashes.size());
  for (std::size_t index = 0; index < hashes.size(); ++index)
    works.emplace_back([verification, index](HashArena arena) { verification->check(index, arena); });
  const CostClass dearest = verification->cost();
  if (then == OnMatch::hash_anew && verification->may_follow()) ticket.then = own_class();
  const result<void> ran = co_await pool.run(dearest, std::move(works), std::move(ticket));
  if (!ran) co_return ran.error();
  co_return verification;
}

awaitable<result<std::optional<std::size_t>>> Hasher::matches_any(std::vector<PasswordHash> hashes, Secret password,
                                                                  HashTicket ticket) {
  std::vector<ReadHash> read_hashes;
  for (const PasswordHash& stored : hashes) read_hashes.push_back(read(stored));
  const result<std::shared_ptr<const Verification>> done =
      co_await state_->run(std::move(read_hashes), std::move(password), std::move(ticket), OnMatch::nothing);
  if (!done) co_return done.error();
  const std::vector<Expectation>& expected = (*done)->expected;
  const auto hit = std::find_if(expected.begin(), expected.end(), [](const Expectation& each) { return each.hit; });
  std::optional<std::size_t> first;
  if (hit != expected.end()) first = static_cast<std::size_t>(hit - expected.begin());
  co_return first;
}

awaitable<result<Verdict>> Hasher::verify(ReadHash expected, Secret password, HashTicket ticket, OnMatch then) {
  std::vector<ReadHash> one;
  one.push_back(std::move(expected));
  const result<std::shared_ptr<const Verification>> done =
      co_await state_->run(std::move(one), std::move(password), std::move(ticket), then);
  if (!done) co_return done.error();
  const Expectation& each = (*done)->expected.front();
  Verdict verdict;
  verdict.matches = each.hit;
  if (each.hit && each.fresh) verdict.fresh = as_stored(*each.fresh);
  co_return verdict;
}

ReadHash Hasher::read(const PasswordHash& stored) const { return state_->read(stored); }

bool Hasher::is_slow(const ReadHash& stored) const {
  if (stored.foreign) return !stored.foreign->is_fast();
  const std::optional<Argon2Phc>& phc = stored.argon2;
  if (!phc || phc->memory_kib > state_->pool.largest_kib()) return false;
  const std::uint64_t own = std::uint64_t{state_->cost.memory_kib} * state_->cost.passes;
  return std::uint64_t{phc->memory_kib} * phc->passes >= clearly_dearer * own;
}

result<void> Hasher::may_import(const PasswordHash& stored, std::string_view& why) const {
  if (stored.algorithm == argon2_name) {
    const std::optional<Argon2Phc> phc = parse_phc(stored.encoded, &why);
    if (!phc) return errc::general_argument_invalid;
    why = "needs more memory than --foreign-hash-memory";
    if (phc->memory_kib > state_->pool.largest_kib()) return errc::general_argument_invalid;
    why = "was made with a pepper that is not in this store's --pepper-file";
    if (!phc->key_id.empty() && !state_->engine->peppers.find(phc->key_id)) return errc::general_argument_invalid;
    const CostClass cost{0, phc->memory_kib, phc->passes, phc->lanes};
    why = too_slow;
    if (!state_->is_current(*phc) && state_->takes_too_long(cost)) return errc::general_argument_invalid;
    why = {};
    return {};
  }
  const std::optional<ForeignHash> foreign = ForeignHash::read(stored, state_->bounds(), &why);
  if (!foreign) return errc::general_argument_invalid;
  why = foreign->unreadable();
  if (!why.empty()) return errc::general_argument_invalid;
  why = too_slow;
  if (!foreign->is_fast() && state_->takes_too_long(foreign->cost())) return errc::general_argument_invalid;
  why = {};
  return {};
}

PasswordHash Hasher::decoy(const Secret& project_key, const HashClasses& stored, std::string_view email) const {
  const DecoyDraw drawn(project_key, email);
  const std::optional<HashClass> picked = drawn.pick(stored);
  if (picked && is_foreign(picked->kind)) return drawn.foreign(*picked);
  Argon2Phc phc = state_->new_phc(drawn.salt(), drawn.tag());
  using Kind = HashClass::Kind;
  if (picked && (picked->kind == Kind::argon2id || picked->kind == Kind::argon2i)) {
    phc.id = picked->kind == Kind::argon2id;
    phc.version = picked->version;
    phc.memory_kib = picked->memory;
    phc.passes = picked->work;
    phc.lanes = picked->lanes;
  }
  return as_stored(phc);
}

bool Hasher::needs_rehash(const PasswordHash& stored) const {
  if (stored.algorithm != argon2_name) return true;
  const std::optional<Argon2Phc> phc = parse_phc(stored.encoded);
  return !phc || !state_->is_current(*phc);
}

result<void> Hasher::admit(HashTicket& ticket) const { return state_->pool.admit(state_->own_class(), ticket); }

Argon2Cost Hasher::cost() const noexcept { return state_->cost; }
CostClass Hasher::cost_class() const noexcept { return state_->own_class(); }

std::uint64_t Hasher::unknown_peppers() const noexcept {
  return state_->unknown_peppers.load(std::memory_order_relaxed);
}

const argon2::Selection& Hasher::engine() const noexcept { return state_->engine->selection; }

}  // namespace portcullis
