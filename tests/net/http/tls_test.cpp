// TLS: versions, refusals, and the same service behind it.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/net/http/fixture.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace portcullis;
using namespace portcullis::http;
using namespace portcullis::http::test;

namespace {

template <auto Free>
struct Frees {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

/// A self-signed certificate and its key as files in a folder of their own.
class Identity {
 public:
  Identity() {
    const std::unique_ptr<EVP_PKEY, Frees<EVP_PKEY_free>> pair(EVP_EC_gen("P-256"));
    const std::unique_ptr<X509, Frees<X509_free>> certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), pair.get());
    X509_NAME* const name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1,
                               0);
    X509_set_issuer_name(certificate.get(), name);
    X509_sign(certificate.get(), pair.get(), EVP_sha256());
    std::FILE* file = std::fopen(certificate_file().c_str(), "w");
    PEM_write_X509(file, certificate.get());
    std::fclose(file);
    file = std::fopen(key_file().c_str(), "w");
    PEM_write_PrivateKey(file, pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    ::chmod(key_file().c_str(), 0600);
  }
  [[nodiscard]] std::string certificate_file() const { return (folder_.path() / "certificate.pem").string(); }
  [[nodiscard]] std::string key_file() const { return (folder_.path() / "key.pem").string(); }
  [[nodiscard]] ServerOptions options() const {
    ServerOptions options = local_options();
    options.tls_certificate = certificate_file();
    options.tls_key = key_file();
    return options;
  }

 private:
  portcullis::test::TemporaryFolder folder_;
};

class TlsClient {
 public:
  TlsClient(std::uint16_t port, int lowest, int highest)
      : client_(port), context_(SSL_CTX_new(TLS_client_method())), ssl_(SSL_new(context_.get())) {
    SSL_set_min_proto_version(ssl_.get(), lowest);
    SSL_set_max_proto_version(ssl_.get(), highest);
    SSL_set_security_level(ssl_.get(), 0);  // what is refused is refused by the server
    SSL_set_fd(ssl_.get(), client_.fd());
    const timeval limit{10, 0};
    ::setsockopt(client_.fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  [[nodiscard]] bool connect() { return SSL_connect(ssl_.get()) == 1; }
  [[nodiscard]] std::string version() const { return SSL_get_version(ssl_.get()); }
  void send(std::string_view bytes) {
    BOOST_REQUIRE_EQUAL(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())),
                        static_cast<int>(bytes.size()));
  }
  /// Reads until `end` was seen or the server closes.
  std::string read_until(std::string_view end) {
    std::string seen;
    std::array<char, 16384> part{};
    while (!contains(seen, end)) {
      const int count = SSL_read(ssl_.get(), part.data(), static_cast<int>(part.size()));
      if (count <= 0) break;
      seen.append(part.data(), static_cast<std::size_t>(count));
    }
    return seen;
  }
  /// The server said goodbye by TLS, not by a bare end.
  [[nodiscard]] bool saw_goodbye() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }
  Client& socket() noexcept { return client_; }

 private:
  Client client_;
  std::unique_ptr<SSL_CTX, Frees<SSL_CTX_free>> context_;
  std::unique_ptr<SSL, Frees<SSL_free>> ssl_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_tls)

BOOST_AUTO_TEST_CASE(requests_are_served_over_tls_1_2_and_1_3) {
  const Identity identity;
  Running running(identity.options());
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(running.port(), version, version);
    BOOST_REQUIRE(client.connect());
    BOOST_TEST(client.version() == (version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3"));
    client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n");
    const std::string both = client.read_until("/b\r\n");
    BOOST_TEST(contains(both, "X-Tls: yes\r\n"));
    BOOST_TEST(contains(both, "X-Target: /a\r\n"));
    const std::string body(900'000, 'z');
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n" + body);
    BOOST_TEST(client.read_until("z>").size() > body.size());
  }
}

BOOST_AUTO_TEST_CASE(older_versions_are_refused) {
  const Identity identity;
  Running running(identity.options());
  TlsClient client(running.port(), TLS1_VERSION, TLS1_1_VERSION);
  BOOST_TEST(!client.connect());
}

BOOST_AUTO_TEST_CASE(a_close_is_said_inside_tls) {
  const Identity identity;
  Running running(identity.options());
  TlsClient client(running.port(), TLS1_2_VERSION, TLS1_3_VERSION);
  BOOST_REQUIRE(client.connect());
  client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  BOOST_TEST(contains(client.read_until("never"), "Connection: close\r\n"));
  BOOST_TEST(client.saw_goodbye());
}

BOOST_AUTO_TEST_CASE(a_slow_header_over_tls_is_408) {
  const Identity identity;
  ServerOptions options = identity.options();
  options.limits.header_time = 500ms;
  Running running(options);
  TlsClient client(running.port(), TLS1_2_VERSION, TLS1_3_VERSION);
  BOOST_REQUIRE(client.connect());
  client.send("GET / HT");
  BOOST_TEST(starts_with(client.read_until("never"), "HTTP/1.1 408 "));
}

BOOST_AUTO_TEST_CASE(a_handshake_that_never_comes_or_is_none_is_closed) {
  const Identity identity;
  ServerOptions options = identity.options();
  options.limits.header_time = 100ms;
  Running running(options);
  Client silent(running.port());
  BOOST_TEST(silent.read_to_end().empty());
  Client plain(running.port());
  plain.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  plain.read_to_end();
  BOOST_TEST(eventually([&] { return running.server.connections() == 0; }));
}

BOOST_AUTO_TEST_CASE(a_handshake_that_does_not_end_loses_its_slot) {
  const Identity identity;
  ServerOptions options = identity.options();
  options.limits.connections = 1;
  options.limits.claim_time = 100ms;
  Running running(options);
  Client silent(running.port());
  BOOST_TEST(eventually([&] { return running.server.connections() == 1; }));
  TlsClient client(running.port(), TLS1_2_VERSION, TLS1_3_VERSION);
  BOOST_REQUIRE(client.connect());
  BOOST_TEST(silent.read_to_end().empty());
}

BOOST_AUTO_TEST_CASE(a_tls_client_that_goes_away_while_waiting_is_noticed) {
  const Identity identity;
  Gate gate;
  Running running(identity.options(), gate.handler());
  TlsClient client(running.port(), TLS1_2_VERSION, TLS1_3_VERSION);
  BOOST_REQUIRE(client.connect());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  BOOST_REQUIRE(eventually([&] { return gate.waiting == 1; }));
  client.socket().finish_sending();
  BOOST_TEST(eventually([&] { return gate.gone->load(); }));
  gate.open = true;
}

BOOST_AUTO_TEST_CASE(stop_ends_tls_connections) {
  const Identity identity;
  Running running(identity.options());
  TlsClient idle(running.port(), TLS1_2_VERSION, TLS1_3_VERSION);
  BOOST_REQUIRE(idle.connect());
  Client in_handshake(running.port());
  BOOST_TEST(eventually([&] { return running.server.connections() == 2; }));
  running.server.stop(20s);
  BOOST_TEST(in_handshake.read_to_end().empty());
}

BOOST_AUTO_TEST_CASE(a_certificate_or_key_that_does_not_serve_is_named) {
  const Identity identity;
  const Identity other;
  TestLog log;
  const auto refused_naming = [&](const ServerOptions& options, const std::string& file) {
    BOOST_CHECK_EXCEPTION(Server(options, echo, refusal, log.log()), std::runtime_error,
                          [&](const std::exception& e) { return contains(e.what(), file); });
  };
  ServerOptions options = identity.options();
  options.tls_certificate = "/nowhere/certificate.pem";
  refused_naming(options, options.tls_certificate);
  options = identity.options();
  options.tls_key = identity.certificate_file();
  refused_naming(options, options.tls_key);
  options.tls_key = other.key_file();
  refused_naming(options, options.tls_key);
}

BOOST_AUTO_TEST_CASE(a_key_that_others_may_touch_is_refused) {
  const Identity identity;
  TestLog log;
  for (const ::mode_t mode : {0604U, 0620U, 0602U, 0610U, 0601U}) {
    ::chmod(identity.key_file().c_str(), mode);
    BOOST_CHECK_EXCEPTION(Server(identity.options(), echo, refusal, log.log()), std::runtime_error,
                          [](const std::exception& e) {
                            return contains(e.what(), "--tls-key") && contains(e.what(), "open to others");
                          });
  }
  for (const ::mode_t mode : {0400U, 0440U, 0640U}) {
    ::chmod(identity.key_file().c_str(), mode);
    const Running running(identity.options());
  }
}

BOOST_AUTO_TEST_SUITE_END()
