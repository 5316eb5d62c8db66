#include "net/state/session_cache.hpp"

#include <algorithm>
#include <utility>

#include "core/crypto/digest.hpp"

namespace portcullis {
namespace {

constexpr std::size_t most_prefs = 4096;
constexpr std::size_t most_targets = 8;
constexpr std::size_t most_memberships = 16;

}  // namespace

SessionCache::SessionCache(std::size_t sessions, std::size_t shards, const storage::Revisions* revisions,
                           Random& random)
    : revisions_(revisions) {
  random.fill(key_);
  if (sessions == 0 || !revisions) return;
  const std::size_t count = std::clamp<std::size_t>(sessions / ways, 1, std::max<std::size_t>(1, shards));
  const std::size_t sets = std::max<std::size_t>(1, sessions / count / ways);
  for (std::size_t i = 0; i < count; ++i) {
    shards_.push_back(std::make_unique<Shard>());
    shards_.back()->entries.resize(sets * ways);
  }
}

SessionCache::Tag SessionCache::tag(ProjectNo project, std::string_view text) const noexcept {
  return Tag{project, crypto::siphash128(key_, text)};
}

SessionCache::Moment SessionCache::now(ProjectNo project, std::string_view user_id) const {
  if (!on()) return {};
  const storage::Revisions::Slot slot = storage::Revisions::slot(project, user_id);
  return Moment{slot, revisions_->count(slot)};
}

SessionCache::Entry* SessionCache::set_of(Shard& shard, const Tag& tag) noexcept {
  return shard.entries.data() + tag.hash[0] % (shard.entries.size() / ways) * ways;
}

std::shared_ptr<const storage::Profile> SessionCache::find(const Tag& tag) {
  if (!on()) return nullptr;
  Shard& shard = shard_of(tag);
  const std::lock_guard lock(shard.mutex);
  Entry* const set = set_of(shard, tag);
  for (Entry* entry = set; entry != set + ways; ++entry) {
    if (!entry->profile || !(entry->tag == tag)) continue;
    if (revisions_->count(entry->moment.slot) != entry->moment.count) {
      entry->profile = nullptr;
      break;
    }
    ++shard.counts.hits;
    entry->used = ++shard.tick;
    return entry->profile;
  }
  ++shard.counts.misses;
  return nullptr;
}

SessionCache::Counts SessionCache::counts() const {
  Counts sum;
  for (const std::unique_ptr<Shard>& shard : shards_) {
    const std::lock_guard lock(shard->mutex);
    sum.hits += shard->counts.hits;
    sum.misses += shard->counts.misses;
  }
  return sum;
}

void SessionCache::put(const Tag& tag, const Moment& read_after, std::shared_ptr<const storage::Profile> profile) {
  if (!on() || profile->prefs.size() > most_prefs || profile->targets.size() > most_targets) return;
  if (profile->memberships.size() > most_memberships) return;
  Shard& shard = shard_of(tag);
  const std::lock_guard lock(shard.mutex);
  Entry* const set = set_of(shard, tag);
  const auto goes_first = [&tag](const Entry& a, const Entry& b) {
    const auto rank = [&tag](const Entry& e) {
      return std::pair(!(e.profile && e.tag == tag), e.profile ? e.used : 0);
    };
    return rank(a) < rank(b);
  };
  Entry& entry = *std::min_element(set, set + ways, goes_first);
  entry = Entry{tag, read_after, ++shard.tick, std::move(profile)};
}

}  // namespace portcullis
