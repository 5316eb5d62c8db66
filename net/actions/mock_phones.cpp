#include "net/actions/mock_phones.hpp"

#include "net/actions/sealed.hpp"
#include "storage/mock_phones.hpp"

namespace portcullis {

std::string seal_mock_code(const Services& services, ProjectNo project, std::string_view number, const Secret& code) {
  return services.sealer.seal(code.view(), storage::keys::mock_phone(project, number));
}

result<Secret> open_mock_code(const Services& services, ProjectNo project, const MockPhone& phone) {
  return unseal(services.sealer, phone.sealed_code, storage::keys::mock_phone(project, phone.number));
}

}  // namespace portcullis
