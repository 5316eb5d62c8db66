#include "net/config/config.hpp"

#include <array>
#include <cstdlib>

#include "net/config/mail_values.hpp"
#include "net/config/options.hpp"
#include "net/config/values.hpp"
#include "storage/open.hpp"

namespace portcullis {
namespace {

constexpr std::uint32_t most_threads = 256;
constexpr std::uint32_t most_hash_kib = 2097152;  // 2 GiB: what a stored hash may ask for (core/password/phc.hpp)

using namespace config_values;  // NOLINT(google-build-using-namespace): the table reads as one

std::string shown(bool on) { return on ? "on" : "off"; }
std::string auto_or(std::uint32_t value) { return value == 0 ? "auto" : std::to_string(value); }
std::string no_default(const Config&) { return {}; }

using Text = const std::string&;

constexpr const char* serving = "Serving";
constexpr const char* storing = "Storing";
constexpr const char* hashing = "Password hashing";
constexpr const char* limiting = "Rate limits and addresses";
constexpr const char* mailing = "Mail";
constexpr const char* sizing = "Sizes";
constexpr const char* logging = "Logging";

constexpr std::array options_table{
    ConfigOption{
        "--listen", serving, "HOST:PORT", "",
        "Address to listen on; port 0 takes any free one. Loopback by default, so that nothing is reachable from "
        "outside before somebody decides it.",
        [](const Config& c) { return c.listen.text(); },
        [](Config& c, Text option, Text text) { c.listen = listen_address(option, text); }},
    ConfigOption{"--public-host", serving, "HOST[,HOST...]", "",
                 "Host names this server is known by. Pages of these hosts may call it from a browser, beside each "
                 "project's own webHosts.",
                 no_default, [](Config& c, Text option, Text text) { c.public_url = public_hosts(option, text); }},
    ConfigOption{
        "--tls-certificate", serving, "FILE", "",
        "PEM file with the certificate chain; with --tls-key it turns on TLS 1.2 and 1.3. Without it the server "
        "speaks plain HTTP, for use behind a proxy that ends TLS.",
        no_default,
        [](Config& c, Text option, Text text) {
          readable_file(option, text);
          c.tls_certificate = text;
        }},
    ConfigOption{"--tls-key", serving, "FILE", "",
                 "PEM file with the certificate's private key, open to nobody but its owner and readers of its group "
                 "(mode 0600 or 0640).",
                 no_default,
                 [](Config& c, Text option, Text text) {
                   readable_file(option, text);
                   c.tls_key = text;
                 }},
    ConfigOption{
        "--ready-file", serving, "FILE", "",
        "Written with the server's URL once it listens and removed when it stops, so that a script can wait for it.",
        no_default, [](Config& c, Text option, Text text) { c.ready_file = path_value(option, text); }},
    ConfigOption{
        "--metrics", serving, "auto|off|HOST:PORT", "",
        "Address of GET /metrics for Prometheus, apart from the API. `auto` is 127.0.0.1:9464, and none when that is "
        "taken; an address that is given must be free.",
        [](const Config&) { return std::string("auto"); },
        [](Config& c, Text option, Text text) {
          c.metrics_wanted = text != "auto" && text != "off";
          c.metrics = text == "off"    ? std::nullopt
                      : text == "auto" ? Config{}.metrics
                                       : std::optional(listen_address(option, text));
        }},
    ConfigOption{"--data", storing, "DIR", "", "Folder of the store; made with mode 0700 when it is not there.",
                 [](const Config& c) { return c.data.string(); },
                 [](Config& c, Text option, Text text) { c.data = path_value(option, text); }},
    ConfigOption{
        "--seal-key-file", storing, "FILE", "",
        "Where the sealing key lives; DIR/seal.key when not given. Keep it on another disk, or mount it from a "
        "secret store, so that a copy of the data folder alone opens nothing.",
        no_default, [](Config& c, Text option, Text text) { c.seal_key_file = path_value(option, text); }},
    ConfigOption{
        "--engine", storing, "lmdb|slow", "",
        "Storage engine. `slow` is the same store behind a millisecond a trip and random conflicts; for tests only.",
        [](const Config& c) { return c.engine; },
        [](Config& c, Text option, Text text) {
          if (!storage::engine_named(text)) throw BadOption(option, "must be lmdb or slow");
          c.engine = text;
        }},
    ConfigOption{
        "--hash-threads", hashing, "auto|N", "threads",
        "Passwords hashed at the same time, one arena of --hash-memory each, allocated at start. By itself: the "
        "cores, or as many as use up a CPU quota but for 0.15 of a core, and fewer where the arenas would take more "
        "than half the memory or leave too little for the rest.",
        [](const Config& c) { return auto_or(c.hash_threads); },
        [](Config& c, Text option, Text text) { c.hash_threads = number_or_auto(option, text, most_threads); }},
    ConfigOption{
        "--hash-memory", hashing, "KIB", "KiB",
        "Memory of one Argon2id hash. With the default passes this is the least that OWASP's password "
        "storage guide names. Stored hashes of another cost still verify and are hashed anew at the next sign-in.",
        [](const Config& c) { return std::to_string(c.hash_cost.memory_kib); },
        [](Config& c, Text option, Text text) {
          c.hash_cost.memory_kib = number(option, text, 8, most_hash_kib, " KiB");
        }},
    ConfigOption{"--hash-passes", hashing, "N", "passes", "Passes of one Argon2id hash over its memory.",
                 [](const Config& c) { return std::to_string(c.hash_cost.passes); },
                 [](Config& c, Text option, Text text) { c.hash_cost.passes = number(option, text, 1, 64, ""); }},
    ConfigOption{
        "--hash-kernel", hashing, "auto|avx512|avx2|portable|libsodium", "",
        "Code that fills Argon2's memory. `auto` takes the fastest that this processor has and that passes its "
        "self-test; the others are for comparing.",
        [](const Config&) { return std::string("auto"); },
        [](Config& c, Text option, Text text) {
          c.hash_kernel = argon2::kernel_by_name(text);
          if (!c.hash_kernel && text != "auto")
            throw BadOption(option, "must be auto, avx512, avx2, portable or libsodium");
        }},
    ConfigOption{
        "--pepper-file", hashing, "FILE", "",
        "Secrets that go into every new hash and are not in the store: lines of an id and 16 to 64 bytes in base64, "
        "the last one for new hashes. Hashes name their pepper's id; keep old lines until everybody has signed in "
        "again. Losing the file loses every password.",
        no_default,
        [](Config& c, Text option, Text text) {
          readable_file(option, text);
          c.pepper_file = text;
        }},
    ConfigOption{
        "--foreign-hash-memory", hashing, "KIB", "KiB",
        "The one slot for imported hashes that need more than an arena, allocated when first needed. The default "
        "takes what Appwrite itself stores. Never more than a quarter of the memory limit or than the rest leaves, but "
        "never less than --hash-memory.",
        [](const Config& c) { return std::to_string(c.foreign_hash_kib); },
        [](Config& c, Text option, Text text) { c.foreign_hash_kib = number(option, text, 8, most_hash_kib, " KiB"); }},
    ConfigOption{"--foreign-hash-time", hashing, "MS", "ms",
                 "Imported hashes whose check would take longer on this machine, as measured at the start, are refused "
                 "when they are brought. No more than --admin-hash-deadline counts.",
                 [](const Config& c) { return std::to_string(c.foreign_hash_time.count()); },
                 [](Config& c, Text option, Text text) {
                   c.foreign_hash_time = std::chrono::milliseconds(number(option, text, 50, 600000, " ms"));
                 }},
    ConfigOption{"--hash-deadline", hashing, "MS", "ms",
                 "A request that cannot be answered in this time is refused before hashing, with 503 and Retry-After. "
                 "Longer than a client should wait helps nobody in a login storm.",
                 [](const Config& c) { return std::to_string(c.hash_deadline.count()); },
                 [](Config& c, Text option, Text text) {
                   c.hash_deadline = std::chrono::milliseconds(number(option, text, 50, 600000, " ms"));
                 }},
    ConfigOption{"--admin-hash-deadline", hashing, "MS", "ms",
                 "The same for API keys and commands, which would rather wait than be refused, and for "
                 "requests that check a slow imported hash.",
                 [](const Config& c) { return std::to_string(c.admin_hash_deadline.count()); },
                 [](Config& c, Text option, Text text) {
                   c.admin_hash_deadline = std::chrono::milliseconds(number(option, text, 50, 600000, " ms"));
                 }},
    ConfigOption{"--rate-limits", limiting, "on|off", "",
                 "`off` counts nothing and refuses nobody; for load tests only, and said in the log.",
                 [](const Config& c) { return shown(c.rate_limits); },
                 [](Config& c, Text option, Text text) { c.rate_limits = on_or_off(option, text); }},
    ConfigOption{
        "--limiter-memory", limiting, "KIB", "KiB",
        "Fixed size of the tables of rate-limit windows: half for windows of accounts and networks, half for what "
        "counts on where they are full. A window takes 32 bytes; a network holds a 64th of a table at most. More "
        "than 8192 counts in the memory limit.",
        [](const Config& c) { return std::to_string(c.limiter_kib); },
        [](Config& c, Text option, Text text) { c.limiter_kib = number(option, text, 64, 1048576, " KiB"); }},
    ConfigOption{
        "--network-limit", limiting, "N", "an hour",
        "Failed password checks an hour from one client network (/24 of IPv4, /64 of IPv6), so that one host cannot "
        "try one password on every account. Raise it when many people share one address.",
        [](const Config& c) { return std::to_string(c.network_limit); },
        [](Config& c, Text option, Text text) { c.network_limit = number(option, text, 1, 10000000, ""); }},
    ConfigOption{"--trusted-proxies", limiting, "CIDR[,CIDR...]", "",
                 "Proxies whose X-Forwarded-For, -Proto and -Host are believed, walked right to left. Nobody by "
                 "default, because the headers are the client's own word.",
                 no_default,
                 [](Config& c, Text option, Text text) { c.trusted_proxies = trusted_proxies(option, text); }},
    ConfigOption{"--allow-localhost-origin", limiting, "on|off", "",
                 "Accept pages on localhost as origin from everywhere; for developing against a server elsewhere. "
                 "By itself only from this machine, without a proxy in between.",
                 [](const Config& c) { return shown(c.allow_localhost_origin); },
                 [](Config& c, Text option, Text text) { c.allow_localhost_origin = on_or_off(option, text); }},
    ConfigOption{
        "--console-signup", limiting, "first|open|closed", "",
        "Who may sign up as an administrator over HTTP. `first`: one person, by the code that the first start prints, "
        "so that no stranger owns a fresh server; `auto` is another word for it. `open`: anybody, and only the code "
        "makes an owner of what is there. `closed`: nobody. `portcullis admin create` always works.",
        [](const Config&) { return std::string("first"); },
        [](Config& c, Text option, Text text) { c.console_signup = console_signup(option, text); }},
    ConfigOption{"--console-emails", limiting, "EMAIL[,EMAIL...]", "",
                 "E-mail addresses that may sign up as administrators; anybody's when not given.", no_default,
                 [](Config& c, Text option, Text text) { c.console_emails = email_list(option, text); }},
    ConfigOption{
        "--smtp-host", mailing, "HOST", "",
        "The mail server that mail of this server goes to. Without it and --mail-file no mail is sent, and what "
        "would need one is refused.",
        no_default, [](Config& c, Text option, Text text) { c.mail.smtp_host = mail_host(option, text); }},
    ConfigOption{"--smtp-port", mailing, "auto|PORT", "",
                 "Its port. By itself 587, 465 with --smtp-secure ssl, 25 with none.",
                 [](const Config& c) { return auto_or(c.mail.smtp_port); },
                 [](Config& c, Text option, Text text) {
                   c.mail.smtp_port = static_cast<std::uint16_t>(number_or_auto(option, text, 65535));
                 }},
    ConfigOption{
        "--smtp-secure", mailing, "none|tls|ssl", "",
        "`tls`: STARTTLS, and nothing is said to a server that does not offer it. `ssl`: TLS from the first byte. "
        "Certificates are verified with both. `none` is for a mail server on this machine.",
        [](const Config&) { return std::string("tls"); },
        [](Config& c, Text option, Text text) { c.mail.smtp_security = smtp_security(option, text); }},
    ConfigOption{"--smtp-ca-file", mailing, "FILE", "",
                 "PEM file with the authorities that mail servers' certificates are verified by, in place of the "
                 "system's.",
                 no_default,
                 [](Config& c, Text option, Text text) {
                   readable_file(option, text);
                   c.mail.smtp_ca_file = text;
                 }},
    ConfigOption{"--smtp-username", mailing, "NAME", "",
                 "Who logs in at the mail server, by PLAIN, LOGIN or CRAM-MD5. No log-in when not given.", no_default,
                 [](Config& c, Text, Text text) { c.mail.smtp_username = text; }},
    ConfigOption{"--smtp-password-file", mailing, "FILE", "",
                 "File whose first line is the password for that, open to nobody but its owner and readers of its "
                 "group (mode 0600 or 0640).",
                 no_default,
                 [](Config& c, Text option, Text text) { c.mail.smtp_password_file = secret_file(option, text); }},
    ConfigOption{"--smtp-sender", mailing, "NAME <ADDRESS>", "",
                 "Whom mail of this server is from; needed with --smtp-host.", no_default,
                 [](Config& c, Text option, Text text) { read_sender(option, text, c.mail); }},
    ConfigOption{
        "--mail-file", mailing, "FILE", "",
        "Mails are appended to this file (mbox) instead of being sent; for development. Whoever reads it can sign in "
        "as everybody.",
        no_default, [](Config& c, Text option, Text text) { c.mail.file = path_value(option, text); }},
    ConfigOption{
        "--allow-private-smtp", mailing, "auto|on|off", "",
        "Whether mail servers that administrators name for a project may have loopback, private or link-local "
        "addresses, through which they could reach into this server's network. `auto`: only while this server itself "
        "listens on loopback.",
        [](const Config&) { return std::string("auto"); },
        [](Config& c, Text option, Text text) {
          c.mail.allow_private_smtp = text == "auto" ? std::nullopt : std::optional(on_or_off(option, text));
        }},
    ConfigOption{
        "--outbox-limit", mailing, "N", "messages",
        "Messages that may wait to be sent. What would cause one more is refused with 503 until some have left.",
        [](const Config& c) { return std::to_string(c.mail.outbox_limit); },
        [](Config& c, Text option, Text text) { c.mail.outbox_limit = number(option, text, 1, 100000000, ""); }},
    ConfigOption{
        "--reactors", sizing, "auto|N", "threads",
        "Threads that serve connections. By itself: one a core, or a whole number of cores' worth of CPU quota.",
        [](const Config& c) { return auto_or(c.reactors); },
        [](Config& c, Text option, Text text) { c.reactors = number_or_auto(option, text, most_threads); }},
    ConfigOption{
        "--pin-reactors", sizing, "on|off", "",
        "Where there are as many reactors as processors, each keeps to one of its own, so that two do not wait "
        "for the same one, and serves the plain connections whose packets come in there. Anything else leaves both to "
        "the kernel, as `off` does.",
        [](const Config& c) { return shown(c.pin_reactors); },
        [](Config& c, Text option, Text text) { c.pin_reactors = on_or_off(option, text); }},
    ConfigOption{
        "--max-connections", sizing, "auto|N", "connections",
        "Connections open at the same time. By itself: what is left of the memory limit after the hash arenas, the "
        "foreign slot, 16 MiB and a sixteenth of it (64 MiB at most), at 16 KiB each, between 64 and 65536, and fewer "
        "than the open files allowed. More than fit into the memory are refused at start.",
        [](const Config& c) { return auto_or(c.max_connections); },
        [](Config& c, Text option, Text text) { c.max_connections = number_or_auto(option, text, 1048576); }},
    ConfigOption{
        "--session-cache", sizing, "N", "sessions",
        "Sessions of late requests whose user is kept decoded in memory, over all reactors, about 3 KiB each; their "
        "next check reads nothing unless a row of the user has changed. 0 keeps none; more than 4096 count in the "
        "memory "
        "limit.",
        [](const Config& c) { return std::to_string(c.session_cache); },
        [](Config& c, Text option, Text text) { c.session_cache = number(option, text, 0, 4194304, ""); }},
    ConfigOption{"--log-format", logging, "auto|text|json", "",
                 "`auto` is text on a terminal and JSON lines otherwise.",
                 [](const Config&) { return std::string("auto"); },
                 [](Config& c, Text option, Text text) { c.log_format = log_format(option, text); }},
    ConfigOption{"--log-level", logging, "debug|info|warning|error|off", "",
                 "The least important line that is written. Access and security lines are `info`.",
                 [](const Config&) { return std::string("info"); },
                 [](Config& c, Text option, Text text) { c.log_level = log_level(option, text); }},
};

}  // namespace

std::string ListenAddress::text() const {
  const bool brackets = host.find(':') != std::string::npos;
  return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::span<const ConfigOption> config_options() noexcept { return options_table; }

std::string environment_name(const ConfigOption& option) {
  std::string name = "PORTCULLIS_";
  for (const char c : std::string_view(option.flag).substr(2))
    name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return name;
}

Config default_config() {
  Config config;
  config.log_format = log_format("--log-format", "auto");
  return config;
}

void apply_environment(Config& config, const ConfigOption& option) {
  const std::string name = environment_name(option);
  const char* const value = std::getenv(name.c_str());
  if (value != nullptr && *value != '\0') option.apply(config, name, value);
}

Config config_from_environment() {
  Config config = default_config();
  for (const ConfigOption& option : options_table) apply_environment(config, option);
  return config;
}

void validate(const Config& config) {
  if (config.tls_certificate.empty() != config.tls_key.empty())
    throw BadOption(config.tls_key.empty() ? "--tls-key" : "--tls-certificate", "is needed for TLS, and is not given");
  if (config.hash_kernel && !argon2::is_available(*config.hash_kernel))
    throw BadOption("--hash-kernel", "this processor cannot run " + std::string(argon2::name(*config.hash_kernel)));
  if (config.admin_hash_deadline < config.hash_deadline)
    throw BadOption("--admin-hash-deadline", "must not be shorter than --hash-deadline");
  validate_mail(config);
}

}  // namespace portcullis
