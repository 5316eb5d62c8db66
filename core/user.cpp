#include "core/user.hpp"

namespace portcullis {
namespace {

template <class To, class From>
BasicTarget<To> target_as(const BasicTarget<From>& from) {
  BasicTarget<To> to;
  to.id = To(from.id);
  to.created_at = from.created_at;
  to.updated_at = from.updated_at;
  to.user_id = To(from.user_id);
  to.name = To(from.name);
  to.provider_id = To(from.provider_id);
  to.provider_type = To(from.provider_type);
  to.identifier = To(from.identifier);
  to.session_id = To(from.session_id);
  to.expired = from.expired;
  return to;
}

}  // namespace

BorrowedUser borrow(const User& user) {
  BorrowedUser out;
  out.id = user.id;
  out.sequence = user.sequence;
  out.created_at = user.created_at;
  out.updated_at = user.updated_at;
  out.name = user.name;
  out.email = user.email;
  out.phone = user.phone;
  out.status = user.status;
  out.email_verified = user.email_verified;
  out.phone_verified = user.phone_verified;
  out.mfa = user.mfa;
  out.reset = user.reset;
  out.impersonator = user.impersonator;
  out.registered_at = user.registered_at;
  out.password_updated_at = user.password_updated_at;
  out.labels.assign(user.labels.begin(), user.labels.end());
  return out;
}

BorrowedTarget borrow(const Target& target) { return target_as<std::string_view>(target); }
Target own(const BorrowedTarget& target) { return target_as<std::string>(target); }

}  // namespace portcullis
