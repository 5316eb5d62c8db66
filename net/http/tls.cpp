#include "net/http/tls.hpp"

#include <array>
#include <stdexcept>

#include "core/file_mode.hpp"

namespace portcullis::http {

namespace {

namespace ssl = boost::asio::ssl;

// Forward secrecy and authenticated encryption only; TLS 1.3 suites are OpenSSL's own list.
constexpr const char* tls12_ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr std::array<unsigned char, 9> session_context{'p', 'o', 'r', 't', 'c', 'u', 'l', 'l', 'i'};
constexpr std::array<unsigned char, 9> http11_protocol{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

int choose_http11(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                  unsigned int offered_size, void*) {
  unsigned char* chosen = nullptr;
  const int verdict =
      SSL_select_next_proto(&chosen, out_size, http11_protocol.data(), http11_protocol.size(), offered, offered_size);
  if (verdict != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

[[noreturn]] void refuse(const std::string& what, const std::string& file, const boost::system::error_code& error) {
  throw std::runtime_error(what + " " + file + " cannot be used: " + error.message());
}

}  // namespace

ssl::context server_tls(const std::string& certificate, const std::string& key) {
  ssl::context context(ssl::context::tls_server);
  boost::system::error_code error;
  context.use_certificate_chain_file(certificate, error);
  if (error) refuse("--tls-certificate: TLS certificate", certificate, error);
  // A group may read it: distributions keep such keys for the group of those who serve with them.
  if ((bits_for_others(key) & ~static_cast<::mode_t>(S_IRGRP)) != 0)
    throw std::runtime_error("--tls-key: TLS key " + key + " is open to others; chmod it to 0600 or 0640");
  context.use_private_key_file(key, ssl::context::pem, error);
  if (error) refuse("--tls-key: TLS key", key, error);

  SSL_CTX* const native = context.native_handle();
  if (SSL_CTX_check_private_key(native) != 1)
    throw std::runtime_error("--tls-key: TLS key " + key + " is not the certificate's");
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  if (SSL_CTX_set_cipher_list(native, tls12_ciphers) != 1) throw std::runtime_error("TLS ciphers are not available");
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                  SSL_OP_PRIORITIZE_CHACHA | SSL_OP_CLEANSE_PLAINTEXT);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);  // an idle connection keeps no record buffers
  SSL_CTX_set_session_id_context(native, session_context.data(), session_context.size());
  SSL_CTX_set_alpn_select_cb(native, choose_http11, nullptr);
  return context;
}

}  // namespace portcullis::http
