// The one translation unit that compiles Asio's own code. Asio's reactor sleeps in epoll_wait only, and calls it by an
// unqualified name, which the macro below replaces.
#include "core/processor_claim.hpp"

#define epoll_wait ::portcullis::wait_unclaimed
#include <boost/asio/impl/src.hpp>
