// The volunteer's page: what stands where.

import { useEffect } from "preact/hooks";
import { say } from "../i18n/language.js";
import { volunteerWords } from "../i18n/volunteer.js";
import type { PageProps } from "../shared/boot.js";
import { chimeForNotices } from "../shared/chime.js";
import { useHub, usePrefs } from "../shared/hooks.js";
import { LineBand } from "../shared/line_band.js";
import { NoticeList, NoticePage } from "../shared/notices.js";
import { TabBar, TopBar } from "../shared/phone_frame.js";
import { useRoute } from "../shared/route.js";
import { Settings } from "../shared/settings.js";
import { Home } from "./home.js";
import { MyReports } from "./my_reports.js";
import { Progress } from "./progress.js";
import { ReportForm } from "./report_form.js";
import { openItems } from "./reports_of_mine.js";

export function Volunteer(props: PageProps) {
    const { hub } = props;
    useHub(hub);
    usePrefs();
    const words = say(volunteerWords);
    const [view = "home", id = ""] = useRoute();
    useEffect(() => chimeForNotices(hub), [hub]);
    const waiting = openItems(hub).length;
    return (
        <div class="phone">
            <TopBar hub={hub} title={words.title} home={view === "home"} />
            <LineBand hub={hub} stern={false} />
            <main id="main" tabIndex={-1}>
                <View {...props} view={view} id={id} />
            </main>
            <TabBar
                tabs={[
                    { path: "home", word: words.tabs.home, icon: "home", count: 0 },
                    { path: "notices", word: words.tabs.notices, icon: "bell", count: 0 },
                    { path: "mine", word: words.tabs.mine, icon: "list", count: waiting },
                    { path: "settings", word: words.tabs.settings, icon: "gear", count: 0 },
                ]}
                current={view}
            />
        </div>
    );
}

function View({ hub, me, map, view, id }: PageProps & { view: string; id: string }) {
    switch (view) {
        case "report":
            return <ReportForm key={id} hub={hub} me={me} map={map} form={id} />;
        case "notices":
            return id ? (
                <NoticePage hub={hub} map={map} id={id} />
            ) : (
                <NoticeList hub={hub} map={map} />
            );
        case "mine":
            return id ? <Progress key={id} hub={hub} map={map} id={id} /> : <MyReports hub={hub} />;
        case "settings":
            return <Settings hub={hub} me={me} map={map} duty />;
        default:
            return <Home hub={hub} map={map} />;
    }
}
