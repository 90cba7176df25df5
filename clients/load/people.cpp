#include "people.hpp"

#include <fstream>
#include <optional>
#include <stdexcept>

#include "dialect_tocsin.hpp"
#include "processes.hpp"
#include "token.hpp"

namespace tocsin::load {
namespace {

constexpr char kCommunity[] = "load";
constexpr char kReaders[] = "readers.tokens";
constexpr char kConsoles[] = "consoles.tokens";
constexpr char kPublisher[] = "publisher.token";

std::vector<std::string> lines_of(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
        lines.push_back(line);
    }
    if (lines.empty()) {
        throw std::runtime_error(path + " holds no tokens: make some with `tocsin-load enrol`");
    }
    return lines;
}

std::string grid(int number) {
    return std::string(kCommunity) + "-" + std::to_string(number);
}

// Far from any ground of the district, so that no report lands there by its place.
void put_ground(wire::Area& area, int number) {
    wire::Ring& ring = *area.add_polygons()->mutable_outer();
    const double latitude = 1 + 0.01 * (number % 1'000);
    const int column = number / 1'000;
    const double longitude = 1 + 0.01 * column;
    for (const auto& [up, right] : {std::pair(0.0, 0.0), {0.0, 0.005}, {0.005, 0.005}}) {
        wire::Vertex& vertex = *ring.add_vertices();
        vertex.set_latitude(latitude + up);
        vertex.set_longitude(longitude + right);
    }
}

wire::Command put_area(const std::string& id,
                       wire::AreaKind kind,
                       const std::string& parent,
                       int number) {
    wire::Command command;
    wire::Area& area = *command.mutable_put_area()->mutable_area();
    area.set_id(id);
    area.set_kind(kind);
    area.set_parent_id(parent);
    area.set_name_zh(id);
    area.set_name_en(id);
    area.set_assumed(true);
    put_ground(area, number);
    return command;
}

wire::Command put_person(const std::string& id,
                         const std::string& home,
                         wire::Role role,
                         const std::string& scope) {
    wire::Command command;
    wire::Person& person = *command.mutable_put_person()->mutable_person();
    person.set_id(id);
    person.set_name(id);
    person.set_home_area_id(home);
    wire::Grant& grant = *person.add_grants();
    grant.set_role(role);
    grant.set_scope_id(scope);
    return command;
}

wire::Command add_device(const std::string& person, const std::string& token) {
    wire::Command command;
    wire::AddDevice& device = *command.mutable_add_device();
    device.set_person_id(person);
    device.set_label("load");
    device.set_token_sha256(cli::digest_of(token));
    return command;
}

// Sends commands in order, a pipeline deep.
class Enroller final : public Hearer {
public:
    Enroller(std::uint16_t port, const std::string& token)
        : dialect_(What::notices, {}, 0), link_(loop_, dialect_, *this, 0) {
        link_.token = token;
        link_.connect(port);
        wait([this] { return open_; });
    }

    void submit(wire::Command command) {
        constexpr std::uint64_t kDeep = 30;
        wait([this] { return sent_ - stored_ < kDeep; });
        dialect_.submit(link_, ++sent_, std::move(command));
    }
    void finish() {
        wait([this] { return sent_ == stored_; });
    }

private:
    void wait(const std::function<bool()>& done) {
        if (!loop_.run_until(done, now_us() + 20'000'000)) {
            throw std::runtime_error("the hub does not answer");
        }
    }
    void on_open(Link&) override { open_ = true; }
    void on_stored(Link&, std::uint64_t) override { ++stored_; }
    void on_entry(Link&, const wire::Entry& entry) override {
        if (entry.has_refusal()) {
            throw std::runtime_error("refused: " + entry.refusal().code() + " " +
                                     entry.refusal().field() + " " + entry.refusal().message());
        }
    }
    void on_closed(Link&, const std::string& why) override { throw std::runtime_error(why); }

    Loop loop_;
    TocsinDialect dialect_;
    Link link_;
    bool open_ = false;
    std::uint64_t sent_ = 0;
    std::uint64_t stored_ = 0;
};

}  // namespace

void enrol(const Enrolment& enrolment) {
    Enroller enroller(enrolment.port, lines_of(enrolment.admin_token_file).front());
    enroller.submit(put_area(kCommunity, wire::AREA_KIND_COMMUNITY, enrolment.station, 0));
    for (int i = 0; i < enrolment.channels; ++i) {
        enroller.submit(put_area(grid(i), wire::AREA_KIND_GRID, kCommunity, i + 1));
    }
    std::string tokens;
    const auto person = [&](const std::string& id,
                            const std::string& home,
                            wire::Role role,
                            const std::string& scope) {
        enroller.submit(put_person(id, home, role, scope));
        const std::string token = cli::make_token();
        enroller.submit(add_device(id, token));
        tokens += token + "\n";
    };
    const auto keep = [&](const char* name) {
        cli::SecretFile(enrolment.directory + "/" + name, tokens).commit();
        tokens.clear();
    };
    for (int i = 0; i < enrolment.people; ++i) {
        person("load-reader-" + std::to_string(i),
               grid(i % enrolment.channels),
               wire::ROLE_VOLUNTEER,
               "");
    }
    enroller.finish();
    keep(kReaders);
    for (int i = 0; i < enrolment.consoles; ++i) {
        person("load-console-" + std::to_string(i), "", wire::ROLE_BUREAU, "");
    }
    enroller.finish();
    keep(kConsoles);
    person("load-publisher", kCommunity, wire::ROLE_LIAISON, enrolment.station);
    enroller.finish();
    keep(kPublisher);
    std::ofstream(enrolment.directory + "/channels") << enrolment.channels << "\n";
}

std::vector<std::string> People::channel_names(int channels_wanted) const {
    if (channels_wanted == 1) {
        return {std::string("area/") + kCommunity};
    }
    return grid_names(channels_wanted);
}

std::vector<std::string> People::grid_names(int wanted) const {
    if (wanted > channels) {
        throw std::runtime_error("only " + std::to_string(channels) + " channels were enrolled");
    }
    std::vector<std::string> names;
    names.reserve(static_cast<std::size_t>(wanted));
    for (int i = 0; i < wanted; ++i) {
        names.push_back("area/" + grid(i));
    }
    return names;
}

std::vector<std::string> People::tokens_for(int channels_wanted, bool in_grids) const {
    if (channels_wanted == 1 && !in_grids) {
        return readers;
    }
    // By turns a person of each grid: person number n lives in grid n % channels.
    std::vector<std::string> tokens;
    for (std::size_t i = 0; i < readers.size(); ++i) {
        if (static_cast<int>(i % static_cast<std::size_t>(channels)) < channels_wanted) {
            tokens.push_back(readers[i]);
        }
    }
    const auto wanted = static_cast<std::size_t>(channels_wanted);
    tokens.resize(tokens.size() / wanted * wanted);
    return tokens;
}

People read_people(const std::string& directory) {
    People people{.channels = 0,
                  .readers = lines_of(directory + "/" + kReaders),
                  .consoles = lines_of(directory + "/" + kConsoles),
                  .publisher = lines_of(directory + "/" + kPublisher).front()};
    people.channels = std::stoi(lines_of(directory + "/channels").front());
    return people;
}

}  // namespace tocsin::load
