// The one translation unit that compiles Asio's own code. Its reactor sleeps in epoll_wait and nowhere else, and asks
// for it by an unqualified name.
#include "core/processor_claim.hpp"

#define epoll_wait ::portcullis::wait_unclaimed
#include <boost/asio/impl/src.hpp>
