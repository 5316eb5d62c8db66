#pragma once
// `portcullis serve`: opens the store, starts the product and its server, waits for a signal, stops in order.

#include "net/config/config.hpp"

namespace portcullis::cli {

/// Runs until SIGTERM or SIGINT; returns the exit status. A second signal ends the process at once. Throws
/// std::runtime_error with a sentence for people when it cannot start.
int serve(Config config);

}  // namespace portcullis::cli
