// The search team's page: who is missing, the last known point, what is known; a clue in three
// taps. All of it is kept on the phone, to be read without signal.

import { useEffect } from "preact/hooks";
import { type Notice, NoticeKind } from "../gen/tocsin/v1/notice_pb.js";
import { named, say } from "../i18n/language.js";
import { teamWords } from "../i18n/teams.js";
import { stationWord } from "../i18n/terms.js";
import { clock, span } from "../i18n/times.js";
import { volunteerWords } from "../i18n/volunteer.js";
import { SmallMap } from "../map/small_map.js";
import { placeName } from "../shared/area_names.js";
import type { PageProps } from "../shared/boot.js";
import { chimeForNotices } from "../shared/chime.js";
import { useHub, usePrefs, useSeconds } from "../shared/hooks.js";
import { LineBand } from "../shared/line_band.js";
import { LongText } from "../shared/long_text.js";
import { MediaList } from "../shared/media.js";
import { NoticeList, NoticePage, noticesInForce } from "../shared/notices.js";
import { TabBar, TopBar } from "../shared/phone_frame.js";
import { go, useRoute } from "../shared/route.js";
import { Settings } from "../shared/settings.js";
import { Button, Icon } from "../shared/ui.js";
import { WrongPage } from "../shared/wrong_page.js";
import { MyReports } from "../volunteer/my_reports.js";
import { Progress } from "../volunteer/progress.js";
import { ReportForm } from "../volunteer/report_form.js";
import { openItems } from "../volunteer/reports_of_mine.js";
import { Acknowledge } from "./acknowledge.js";

const teamRoles = new Set(["ROLE_SEARCHER", "ROLE_TEAM_LEAD"]);

export function Search(props: PageProps) {
    const grant = props.me.grants.find(({ role }) => teamRoles.has(role));
    return grant ? (
        <SearchPage {...props} team={grant.scope_id ?? ""} />
    ) : (
        <WrongPage home={props.me.home} />
    );
}

function SearchPage(props: PageProps & { team: string }) {
    const { hub, map, team } = props;
    useHub(hub);
    usePrefs();
    const words = say(teamWords);
    const [view = "missing", id = ""] = useRoute();
    useEffect(() => chimeForNotices(hub), [hub]);
    const name = named(map?.teams.find((each) => each.id === team)) || words.searchTitle;
    const missing = missingNow(props).length;
    return (
        <div class="phone">
            <TopBar hub={hub} title={name} home={view === "missing"} />
            <LineBand hub={hub} stern={false} />
            <main id="main" tabIndex={-1}>
                <View {...props} view={view} id={id} />
            </main>
            <TabBar
                tabs={[
                    { path: "missing", word: words.tabs.missing, icon: "eye", count: missing },
                    { path: "notices", word: words.tabs.notices, icon: "bell", count: 0 },
                    {
                        path: "mine",
                        word: words.tabs.mine,
                        icon: "list",
                        count: openItems(hub).length,
                    },
                    { path: "settings", word: words.tabs.settings, icon: "gear", count: 0 },
                ]}
                current={view}
            />
        </div>
    );
}

function View(props: PageProps & { view: string; id: string }) {
    const { hub, me, map, view, id } = props;
    switch (view) {
        case "report":
            return <ReportForm key={id} hub={hub} me={me} map={map} form={id} />;
        case "notices":
            return id ? (
                <NoticePage
                    hub={hub}
                    map={map}
                    id={id}
                    more={(notice) => <Acknowledge {...props} notice={notice} />}
                />
            ) : (
                <NoticeList hub={hub} map={map} />
            );
        case "mine":
            return id ? <Progress key={id} hub={hub} map={map} id={id} /> : <MyReports hub={hub} />;
        case "settings":
            return <Settings hub={hub} me={me} map={map} duty />;
        default:
            return <Missing {...props} />;
    }
}

const missingNow = ({ hub }: PageProps) =>
    noticesInForce(hub).filter(({ kind }) => kind === NoticeKind.MISSING_PERSON);

function Missing(props: PageProps) {
    const words = say(teamWords);
    const notices = missingNow(props);
    return (
        <section class="block">
            <h1>{words.missingNow}</h1>
            {notices.length === 0 && <p class="empty">{words.nobodyMissing}</p>}
            {notices.map((notice) => (
                <MissingCard key={notice.id} {...props} notice={notice} />
            ))}
        </section>
    );
}

function MissingCard(props: PageProps & { notice: Notice }) {
    const { hub, map, notice } = props;
    useSeconds();
    const words = say(teamWords);
    const shared = say(volunteerWords);
    return (
        <article class="missing">
            <h2>
                <LongText class="missing-text" text={notice.text} />
            </h2>
            <MediaList media={notice.media} />
            <p class="missing-facts">
                {stationWord(notice.stationId, map)} ·{" "}
                {words.issuedAgo(span(hub.now() - Number(notice.issuedTimeMs)))} ·{" "}
                {shared.noticeUntil(clock(notice.untilTimeMs))}
            </p>
            {notice.place && map && (
                <figure class="notice-place">
                    <SmallMap map={map} place={notice.place} />
                    <figcaption>
                        {shared.lastSeen}: {placeName(map, notice.place)}
                    </figcaption>
                </figure>
            )}
            <Acknowledge {...props} notice={notice} />
            <Button
                tone="primary"
                class="wide tall"
                onClick={() => go("report", `clue:${notice.id}`)}
            >
                <Icon name="eye" /> {shared.sawPerson}
            </Button>
            <a class="button button-plain wide" href={`#/notices/${notice.id}`}>
                {words.known}
            </a>
        </article>
    );
}
