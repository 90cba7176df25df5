// The words of the grid worker's and the search team's pages.

import { both } from "./language.js";

export const teamWords = both({
    zh: {
        gridTitle: "网格员",
        searchTitle: "寻人队",
        tabs: {
            tasks: "事件",
            report: "上报",
            notices: "通知",
            mine: "我的线索",
            settings: "设置",
            missing: "寻人",
        },
        myGrid: "本网格的隐患和纠纷",
        nothing: "目前没有待处理的事件",
        closed: "已办结",
        missingNow: "正在寻找",
        nobodyMissing: "目前没有寻人通知",
        issuedAgo: (span: string) => `${span}前发布`,
        known: "查看详情",
    },
    en: {
        gridTitle: "Grid worker",
        searchTitle: "Search team",
        tabs: {
            tasks: "Tasks",
            report: "Report",
            notices: "Notices",
            mine: "My clues",
            settings: "Settings",
            missing: "Missing",
        },
        myGrid: "Hazards and disputes of my grid",
        nothing: "Nothing to do at the moment",
        closed: "Closed",
        missingNow: "Being looked for",
        nobodyMissing: "Nobody is missing at the moment",
        issuedAgo: (span: string) => `issued ${span} ago`,
        known: "All that is known",
    },
});
