#pragma once
// Hashing and nothing else, at the server's cost (19 MiB, two passes) and priority: what whole sign-ins are held
// against.

namespace portcullis::bench {

/// `crypto_pwhash` of libsodium as it comes, which takes its memory anew for every hash. Hashes a second.
[[nodiscard]] double sodium_rate(unsigned threads, double seconds);
/// The project's own engine, in one resident arena a thread, on the first `cores` of the servers'; 0 = on all of them.
/// Hashes a second.
[[nodiscard]] double engine_rate(unsigned threads, double seconds, unsigned cores = 0);

}  // namespace portcullis::bench
