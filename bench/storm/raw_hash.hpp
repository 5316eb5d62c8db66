#pragma once
// Hashing only, at the server's cost (19 MiB, two passes) and priority: the reference for whole sign-ins.

namespace portcullis::bench {

/// Stock `crypto_pwhash` of libsodium, which allocates its memory for every hash. Hashes a second.
[[nodiscard]] double sodium_rate(unsigned threads, double seconds);
/// The project's own engine, with one resident arena for each thread, on the first `cores` of the servers' cores; 0 =
/// on all of them. Hashes a second.
[[nodiscard]] double engine_rate(unsigned threads, double seconds, unsigned cores = 0);

}  // namespace portcullis::bench
