// tocsin admin person, tocsin admin device

#include <memory>

#include "arguments.hpp"
#include "commands.hpp"
#include "options.hpp"
#include "output.hpp"
#include "token.hpp"
#include "words.hpp"

namespace tocsin::cli {
namespace {

constexpr char kAdminChannel[] = "admin";

struct PersonOptions {
    std::string id;
    std::string name;
    std::string phone;
    std::string home;
    std::vector<wire::Grant> grants;
};

int add_person(const Globals& globals, const PersonOptions& options) {
    wire::Command command;
    auto& person = *command.mutable_put_person()->mutable_person();
    person.set_id(options.id);
    person.set_name(options.name);
    person.set_phone(options.phone);
    person.set_home_area_id(options.home);
    person.mutable_grants()->Add(options.grants.begin(), options.grants.end());
    return submit_and_print(globals, std::move(command));
}

int revoke_person(const Globals& globals, const std::string& id) {
    wire::Command command;
    command.mutable_revoke_person()->set_person_id(id);
    return submit_and_print(globals, std::move(command));
}

enum class Listed { people, devices };

int list(const Globals& globals, Listed what) {
    Talk talk(globals);
    const auto states = snapshot(talk, {kAdminChannel});
    if (!states) {
        return states.error();
    }
    for (const auto& state : *states) {
        if (what == Listed::people && state.has_person()) {
            print_line(to_json(state.person()));
        } else if (what == Listed::devices && state.has_device()) {
            print_line(to_json(state.device()));
        }
    }
    return kDone;
}

struct DeviceOptions {
    std::string id;
    std::string person;
    std::string label;
    std::string token_out;
    bool link = false;
    std::string at;
    int valid_s = 0;
};

// The address of the pages, without what a path would begin with.
std::string page_address(const Globals& globals, const DeviceOptions& options) {
    std::string at = options.at.empty() ? globals.hub : options.at;
    while (at.ends_with('/')) {
        at.pop_back();
    }
    return at;
}

int add_device(const Globals& globals, const DeviceOptions& options) {
    const auto token = make_token();
    const std::string shown =
        options.link ? page_address(globals, options) + "/sign-in#" + token : token;
    std::unique_ptr<SecretFile> file;
    if (!options.token_out.empty()) {
        file = std::make_unique<SecretFile>(options.token_out, shown + '\n');
    }
    wire::Command command;
    auto& device = *command.mutable_add_device();
    device.set_person_id(options.person);
    device.set_label(options.label);
    if (options.link) {
        device.set_link_sha256(digest_of(token));
        device.set_link_valid_s(options.valid_s);
    } else {
        device.set_token_sha256(digest_of(token));
    }
    const auto receipt = submit(globals, std::move(command));
    if (!receipt) {
        return receipt.error();
    }
    if (file) {
        file->commit();
        print_line(receipt_line(*receipt));
    } else {
        print_line(with_text(receipt_line(*receipt), options.link ? "link" : "token", shown));
    }
    return kDone;
}

int revoke_device(const Globals& globals, const std::string& id) {
    wire::Command command;
    command.mutable_revoke_device()->set_device_id(id);
    return submit_and_print(globals, std::move(command));
}

void add_people(CLI::App& admin, Context& context) {
    auto& group = *admin.add_subcommand("person", "Add or change, list and revoke people");
    group.require_subcommand(1);
    add_example(group, "  tocsin admin person list");
    auto options = std::make_shared<PersonOptions>();

    auto& adds = *group.add_subcommand("add", "Add a person, or replace what is known of one");
    adds.add_option("ID", options->id, "1 to 64 of a-z, 0-9 and '-'")->required()->type_name("");
    adds.add_option("--name", options->name, "As the station knows the person")
        ->required()
        ->type_name("N");
    adds.add_option("--phone", options->phone, "Number to call")->type_name("P");
    adds.add_option("--home", options->home, "Grid or community where the person lives or works")
        ->type_name("AREA");
    adds.add_option_function<std::vector<std::string>>(
            "--role",
            [options](const std::vector<std::string>& texts) {
                for (const auto& text : texts) {
                    const auto grant = parse_grant(text);
                    if (!grant) {
                        throw CLI::ValidationError("--role",
                                                   "'" + text +
                                                       "' is not ROLE or ROLE:SCOPE; a role is " +
                                                       one_of(kRoles));
                    }
                    options->grants.push_back(*grant);
                }
            },
            "What the person may do, and where: " + one_of(kRoles) + "; may be repeated")
        ->required()
        ->type_name("ROLE[:SCOPE]");
    add_example(adds,
                "  tocsin admin person add li-na --name '李娜' --phone 000-0000-0099 "
                "--home baoguo-qianjinli-1 --role volunteer\n"
                "  tocsin admin person add wang-wei --name '王伟' --role officer:baoguo");
    adds.callback([&context, options] {
        context.run = [&context, options] { return add_person(context.globals, *options); };
    });

    auto& lists = *group.add_subcommand("list", "Print all people");
    add_example(lists, "  tocsin --token-file var/demo/admin.token admin person list");
    lists.callback(
        [&context] { context.run = [&context] { return list(context.globals, Listed::people); }; });

    auto& revokes =
        *group.add_subcommand("revoke", "From now on the person may do nothing and is thrown out");
    revokes.add_option("ID", options->id, "The person's id")->required()->type_name("");
    add_example(revokes, "  tocsin admin person revoke li-na");
    revokes.callback([&context, options] {
        context.run = [&context, options] { return revoke_person(context.globals, options->id); };
    });
}

void add_devices(CLI::App& admin, Context& context) {
    auto& group = *admin.add_subcommand("device", "Add, list and revoke phones and desktops");
    group.require_subcommand(1);
    add_example(group, "  tocsin admin device list");
    auto options = std::make_shared<DeviceOptions>();

    auto& adds = *group.add_subcommand(
        "add", "Let a device speak for a person; makes its token, which is shown nowhere again");
    adds.add_option("PERSON", options->person, "The person's id")->required()->type_name("");
    adds.add_option("--label", options->label, "What people call it")->type_name("TEXT");
    adds.add_option("--token-out",
                    options->token_out,
                    "Write the token, or link, here, readable by you only [into the printed line]")
        ->type_name("FILE");
    auto* link = adds.add_flag(
        "--link", options->link, "Make a link to sign in by instead: it works once, in a browser");
    adds.add_option("--at", options->at, "Where the pages are [the hub's address]")
        ->needs(link)
        ->type_name("URL");
    constexpr int kDayS = 86'400;
    adds.add_option("--valid", options->valid_s, "For how long the link works, in seconds [900]")
        ->needs(link)
        ->check(CLI::Range(1, kDayS))
        ->type_name("SECONDS");
    add_example(
        adds,
        "  tocsin admin device add li-na --label 'phone' --token-out li-na.token\n"
        "  tocsin admin device add li-na --label 'phone' --link --at https://tocsin.example");
    adds.callback([&context, options] {
        context.run = [&context, options] { return add_device(context.globals, *options); };
    });

    auto& lists = *group.add_subcommand("list", "Print all devices");
    add_example(lists, "  tocsin --token-file var/demo/admin.token admin device list");
    lists.callback([&context] {
        context.run = [&context] { return list(context.globals, Listed::devices); };
    });

    auto& revokes = *group.add_subcommand(
        "revoke", "From now on the device is let in nowhere and is thrown out");
    revokes.add_option("ID", options->id, "The device's id")->required()->type_name("");
    add_example(revokes, "  tocsin admin device revoke 3f0c1f52-9f2c-4f6e-8b35-5c3f1c1f7a10");
    revokes.callback([&context, options] {
        context.run = [&context, options] { return revoke_device(context.globals, options->id); };
    });
}

}  // namespace

void add_admin(CLI::App& app, Context& context) {
    auto& admin = *app.add_subcommand("admin", "Load a district; people and devices");
    admin.require_subcommand(1);
    add_example(admin,
                "  tocsin --token-file var/demo/admin.token admin district load config/pingfang");
    add_district(admin, context);
    add_people(admin, context);
    add_devices(admin, context);
}

}  // namespace tocsin::cli
