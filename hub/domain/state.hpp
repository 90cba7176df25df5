#pragma once
// The fold of a district's log: everything that decisions and views need, in memory. A value
// without I/O or clock; a copy shares its entries, which are immutable. Not thread safe: whoever
// folds the log owns it.

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "tocsin/store/v1/record.pb.h"

namespace tocsin::domain {

namespace store = tocsin::store::v1;
namespace wire = tocsin::v1;

class AreaIndex;  // areas.hpp

// What a decision read, and the version that it saw there, 0 and no stamp for none. The stamp says
// whose writing that version is: of two hubs that each wrote a version 2, only one was stored.
struct Read {
    std::string subject;  // `incident/<id>`, `person/<id>`, … or `set/<name>`
    std::int32_t version = 0;
    std::string stamp = {};
    friend bool operator==(const Read&, const Read&) = default;
};
using Reads = std::vector<Read>;

class State {
public:
    State();

    // Folds one event in. What the state holds already in this or a higher version is left as it
    // is, so applying an event twice, or after a newer one about the same subject, changes nothing.
    // An event of a kind that this hub does not know is folded for what it says of subjects and
    // sets that it does know: a start from the stored states comes to the same.
    void apply(const store::EventBody& event);
    // The same without a copy: what is kept of it keeps all of it.
    void apply(const std::shared_ptr<const store::EventBody>& event);

    // Folds a stored state in, under the same rule. Sets come through apply_set.
    void apply(const store::StateBody& body, const std::string& stamp = {});
    void apply_set(const std::string& name,
                   std::int32_t version,
                   const std::string& stamp = {},
                   const std::string& latest = {});

    // Null where there is none. Pointers live until the next apply.
    const store::Incident* incident(std::string_view id) const;
    const store::Report* report(std::string_view id) const;
    const store::Notice* notice(std::string_view id) const;
    const wire::Area* area(std::string_view id) const;
    const wire::Team* team(std::string_view id) const;
    const wire::Person* person(std::string_view id) const;
    const store::Device* device(std::string_view id) const;
    const store::Media* media(std::string_view id) const;
    const store::Device* device_by_token(std::string_view token_sha256) const;
    // The device that was invited by this link, also after it was used.
    const store::Device* device_by_link(std::string_view link_sha256) const;
    const wire::District& district() const;                 // defaults where none was put
    std::int32_t set_version(std::string_view name) const;  // 0 where there is none

    // Version of any subject as named in Read; 0 where there is none.
    std::int32_t version_of(std::string_view subject) const;
    // The stamp that came with that version; empty where there is none.
    std::string stamp_of(std::string_view subject) const;

    // Reports of an incident, oldest first.
    std::vector<const store::Report*> reports_of(std::string_view incident_id) const;
    // Statements about an incident, oldest first.
    std::vector<const store::Statement*> statements_of(std::string_view incident_id) const;
    // Fires of a station ("" is the bureau itself) that are not over, in order of id.
    std::vector<const store::Incident*> open_fires(std::string_view station_id) const;
    // Those that are resolved and still in memory.
    std::vector<const store::Incident*> closed_fires(std::string_view station_id) const;
    // Open incidents of a kind within a distance (at most 300 m) of a place, of each small square
    // of ground the youngest few only: in no order.
    std::vector<const store::Incident*> open_near(wire::ReportKind kind,
                                                  const wire::Place& place,
                                                  double metres) const;
    // Drills that are not over, in order of id. No drill is among the fires, or near anything.
    std::vector<const store::Incident*> open_drills() const;

    // In order of id. Null never occurs.
    std::vector<const store::Incident*> incidents() const;
    std::vector<const store::Notice*> notices() const;
    std::vector<const wire::Area*> areas() const;
    std::vector<const wire::Team*> teams() const;
    std::vector<const wire::Person*> people() const;
    std::vector<const store::Device*> devices() const;
    std::vector<const store::Device*> devices_of(std::string_view person_id) const;
    // Every set with its version; for comparing folds.
    const std::map<std::string, std::int32_t, std::less<>>& sets() const;
    // The incident that answered the notice last; empty where none did. Each names the one before.
    std::string trail_end(std::string_view notice_id) const;

    // Point and polygon look-ups over all areas; rebuilt when an area changed.
    const AreaIndex& area_index() const;

    // Rises whenever anything in the state may have changed: pointers taken at one revision are
    // good at that one only.
    std::uint64_t revision() const { return revision_; }

    // Forgets resolved incidents (with their reports and statements), notices and media that were
    // over before this time, to bound memory. What is forgotten can be folded in again from its
    // stored state.
    void forget_before(std::int64_t time_ms);

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };
    // Of what there are many: found in one step, in no order.
    template <class Value>
    using Many = boost::unordered_flat_map<std::string, Value, Hash, std::equal_to<>>;
    template <class T>
    using Crowd = Many<std::shared_ptr<const T>>;
    template <class T>
    using Table = std::map<std::string, std::shared_ptr<const T>, std::less<>>;
    using Owner = std::shared_ptr<const store::EventBody>;

    using Parts = Many<std::vector<std::string>>;
    Crowd<store::Incident> incidents_;
    Crowd<store::Report> reports_;
    Parts reports_by_incident_;
    Crowd<store::Statement> statements_;
    Parts statements_by_incident_;
    using FiresByStation = std::map<std::string, std::set<std::string>, std::less<>>;
    FiresByStation open_fires_;    // station id -> incident ids
    FiresByStation closed_fires_;  // likewise
    // Open incidents by kind and square of the raster, oldest first.
    using Square = std::tuple<int, int, int>;
    std::vector<const store::Incident*> fires_in(const FiresByStation& fires,
                                                 std::string_view station_id) const;
    static Square square_of(wire::ReportKind kind, const wire::Place& place);
    std::map<Square, std::set<std::pair<std::int64_t, std::string>>> open_by_square_;
    std::set<std::string, std::less<>> open_drills_;
    Table<store::Notice> notices_;
    Table<wire::Area> areas_;
    Table<wire::Team> teams_;
    Table<wire::Person> people_;
    Table<store::Device> devices_;
    Table<store::Media> media_;
    using Secrets = std::map<std::string, std::string, std::less<>>;  // digest -> device id
    Secrets device_by_token_;
    Secrets device_by_link_;
    static void reindex(Secrets& secrets,
                        const std::string& id,
                        const std::string& held,
                        const std::string& now);
    std::shared_ptr<const wire::District> district_;
    std::map<std::string, std::int32_t, std::less<>> sets_;
    std::map<std::string, std::string, std::less<>> trail_ends_;  // by the trail's name as a set
    Many<std::string> stamps_;                                    // by subject
    std::uint64_t revision_ = 0;
    mutable std::shared_ptr<const AreaIndex> area_index_;  // null: to be rebuilt

    // Runs the put, and notes the stamp where the subject's version rose by it.
    template <class Put>
    void stamped(const std::string& subject, const std::string& stamp, Put put);
    // Without an owner what is put is copied.
    void apply(const store::EventBody& event, const Owner& owner);
    void put(const store::Incident& incident, const Owner& owner);
    // Into or out of the indexes above.
    void index(const store::Incident& incident, bool in);
    template <class T>
    void put_part(const std::string& id,
                  const T& part,
                  const Owner& owner,
                  Crowd<T>& table,
                  Parts& by_incident);
    void put(const store::Report& report, const Owner& owner);
    void put(const store::Statement& statement, const Owner& owner);
    void put(const store::Notice& notice);
    void put(const wire::Area& area);
    void put(const wire::Team& team);
    void put(const wire::Person& person);
    void put(const store::Device& device);
    void put(const store::Media& media);
    void put(const wire::District& district);
};

}  // namespace tocsin::domain
