/*
 * html_vars.c - the names that templates may use.
 *
 * The fields of a list are the columns of report/queries/html-LIST.sql; a test
 * compares them. To publish a value, set it in html.c and name it here.
 */
#include "core/base.h"

#include "report/html.h"

#define TEXT(name, help)                                                       \
    {                                                                          \
        name, TEMPLATE_TEXT, NULL, help                                        \
    }
#define FIELD(name) TEXT(name, "")
#define MARKUP(name, help)                                                     \
    {                                                                          \
        name, TEMPLATE_MARKUP, NULL, help                                      \
    }
#define LIST(name, help)                                                       \
    {                                                                          \
#name, TEMPLATE_LIST, name, help                                       \
    }
#define END                                                                    \
    {                                                                          \
        NULL, TEMPLATE_TEXT, NULL, NULL                                        \
    }

/* clang-format off */

static const struct template_var verdicts[] = {
    FIELD("class"), FIELD("code"), FIELD("title"), FIELD("note"), FIELD("n"),
    FIELD("devices"), FIELD("share"), FIELD("before"), FIELD("change"), END};
static const struct template_var trend[] = {
    FIELD("label"), FIELD("risk"), FIELD("unknown"), FIELD("tidy"),
    FIELD("partial"), FIELD("clean"), FIELD("devices"), FIELD("as_of"),
    FIELD("other_rules"), END};
static const struct template_var clients[] = {
    FIELD("name"), FIELD("devices"), FIELD("at_risk"), FIELD("undetermined"),
    FIELD("attention"), FIELD("fine"), FIELD("silent"), FIELD("pass_rate"),
    FIELD("coverage"), FIELD("change"), MARKUP("bar", "stacked bar"), END};
static const struct template_var ways[] = {
    FIELD("way"), FIELD("goal"), FIELD("sentence"), END};
static const struct template_var way_steps[] = {
    FIELD("title"), FIELD("remedy"), FIELD("who"), FIELD("effort"),
    FIELD("macs"), FIELD("remaining"), END};
static const struct template_var missing_clients[] = {
    FIELD("name"), FIELD("last_period"), END};
static const struct template_var changes[] = {
    FIELD("code"), FIELD("title"), FIELD("note"), FIELD("devices"), END};
static const struct template_var rules[] = {
    FIELD("id"), FIELD("rule_no"), FIELD("title"), FIELD("why"),
    FIELD("severity"), FIELD("severity_word"), FIELD("accounts"),
    FIELD("pass"), FIELD("fail"), FIELD("n_fail"), FIELD("unknown"),
    FIELD("notchecked"), FIELD("notapplicable"), FIELD("error"),
    FIELD("waived"), FIELD("pass_rate"), FIELD("coverage"), FIELD("change"),
    FIELD("problem"), FIELD("reference"), MARKUP("bar", "stacked bar"), END};
static const struct template_var capabilities[] = {
    FIELD("code"), FIELD("title"), FIELD("why"), FIELD("lost"),
    FIELD("n_lost"), FIELD("share"), FIELD("perhaps"),
    MARKUP("bar", "stacked bar"), END};
static const struct template_var overdue[] = {
    FIELD("serial"), FIELD("name"), FIELD("person"), FIELD("asset"),
    FIELD("client"), FIELD("severity"), FIELD("severity_word"), FIELD("title"),
    FIELD("days"), FIELD("since"), FIELD("fix"), END};
static const struct template_var accepted[] = {
    FIELD("rule"), FIELD("title"), FIELD("scope"), FIELD("reason"),
    FIELD("owner"), FIELD("approved_by"), FIELD("ticket"), FIELD("expires"),
    FIELD("state"), FIELD("warn"), FIELD("matches"), END};
static const struct template_var actions[] = {
    FIELD("remedy"), FIELD("title"), FIELD("plain"), FIELD("risk"),
    MARKUP("verify", "with commands as code"), FIELD("who"), FIELD("effort"), FIELD("devices"),
    FIELD("n"), FIELD("macs"), FIELD("hours"), FIELD("n_hours"),
    FIELD("severity"), FIELD("severity_word"), FIELD("news"), FIELD("n_news"),
    FIELD("why"), FIELD("problem"), FIELD("n_more"), FIELD("more"), FIELD("n_more_macs"),
    FIELD("more_macs"), END};
static const struct template_var steps[] = {
    MARKUP("step", "with commands as code"), END};
static const struct template_var serials[] = {
    FIELD("serials"), FIELD("n"), END};
static const struct template_var action_macs[] = {
    FIELD("serial"), FIELD("name"), FIELD("person"), FIELD("email"),
    FIELD("asset"), FIELD("site"), FIELD("client"), FIELD("rank"),
    FIELD("severity"), FIELD("severity_word"), FIELD("evidence"), END};
static const struct template_var blocks[] = {
    FIELD("block"), FIELD("from_no"), FIELD("to_no"), END};
static const struct template_var macs[] = {
    FIELD("no"), FIELD("device_id"), FIELD("serial"), FIELD("name"),
    FIELD("person"), FIELD("asset"), FIELD("site"), FIELD("client"),
    FIELD("os"), FIELD("chip"), FIELD("seen"), FIELD("silent"), FIELD("class"),
    FIELD("verdict"), END};
static const struct template_var mac_lines[] = {
    FIELD("severity"), FIELD("severity_word"), FIELD("unknown"),
    FIELD("evidence"), FIELD("title"), FIELD("fix"), FIELD("remedy"),
    FIELD("accepted"), FIELD("is_new"), FIELD("others"), END};
static const struct template_var supplies[] = {
    FIELD("title"), MARKUP("how", "with commands as code"), FIELD("plain"), FIELD("checks"),
    FIELD("devices"), FIELD("macs"),
    FIELD("plain_title"), FIELD("rules"), FIELD("rules_word"),
    END};
static const struct template_var gaps[] = {
    FIELD("title"), FIELD("id"), FIELD("severity"), FIELD("severity_word"),
    FIELD("fact"), FIELD("devices"), FIELD("share"), END};
static const struct template_var required[] = {
    FIELD("title"), FIELD("id"), FIELD("count"), FIELD("what"), END};
static const struct template_var conflicts[] = {
    FIELD("serial"), FIELD("account"), FIELD("fact"), FIELD("said"), END};
static const struct template_var expected[] = {
    FIELD("title"), FIELD("expected"), FIELD("found"), FIELD("missing"),
    FIELD("n_missing"), FIELD("unexpected"), FIELD("n_unexpected"),
    FIELD("missing_serials"), FIELD("unexpected_serials"), END};
static const struct template_var imports[] = {
    FIELD("import_id"), FIELD("file"), FIELD("source"), FIELD("client"),
    FIELD("collected"), FIELD("records"), FIELD("accepted"), FIELD("rejected"),
    FIELD("left_out"), FIELD("devices"), FIELD("accounts"), FIELD("standing"),
    FIELD("sha256"), FIELD("notes"), END};
static const struct template_var warnings[] = {
    FIELD("text"), END};
static const struct template_var policy[] = {
    FIELD("name"), FIELD("value"), FIELD("client"), FIELD("help"), END};
static const struct template_var readiness[] = {
    FIELD("class"), FIELD("code"), FIELD("title"), FIELD("note"), FIELD("n"),
    FIELD("devices"), FIELD("share"), END};
static const struct template_var cohorts[] = {
    FIELD("os"), FIELD("chip"), FIELD("devices"), FIELD("ready"),
    FIELD("action_first"), FIELD("hands_on"), FIELD("blocked"),
    FIELD("unknown"), MARKUP("bar", "stacked bar"), END};
static const struct template_var sites[] = {
    FIELD("client"), FIELD("site"), FIELD("devices"), FIELD("ready"),
    FIELD("action_first"), FIELD("hands_on"), FIELD("blocked"),
    FIELD("unknown"), END};
static const struct template_var blockers[] = {
    FIELD("title"), FIELD("id"), FIELD("why"), FIELD("fix"), FIELD("who"),
    FIELD("effort"), FIELD("devices"), FIELD("blocked"), FIELD("hands_on"),
    FIELD("again"), END};
static const struct template_var open_facts[] = {
    FIELD("title"), FIELD("devices"), END};
static const struct template_var fleet_tasks[] = {
    FIELD("title"), FIELD("id"), FIELD("why"), FIELD("devices"), FIELD("open"),
    END};
static const struct template_var moved[] = {
    FIELD("title"), FIELD("id"), FIELD("fix"), FIELD("devices"),
    FIELD("fine"), FIELD("open"), END};
static const struct template_var checklist[] = {
    FIELD("serial"), FIELD("name"), FIELD("person"), FIELD("readiness"),
    FIELD("class"), FIELD("key_stored"), FIELD("bootstrap"),
    FIELD("admin_known"), FIELD("owner"), FIELD("in_abm"), FIELD("seen"),
    FIELD("next_step"), END};

const struct template_var html_vars[] = {
    TEXT("title", "title of the page"),
    TEXT("use_title", "\"Monthly report\" and its like"),
    TEXT("subject", "the client, or the whole fleet"),
    TEXT("contact", "whom to ask; empty for nobody"),
    TEXT("confidentiality", "\"Confidential\", or the line of the settings"),
    MARKUP("logo", "picture of the client; empty for none"),
    {"white_label", TEMPLATE_FLAG, NULL, "1 where muster is not to be named"},
    {"show_how", TEMPLATE_FLAG, NULL, "1 where commands of muster may be named"},
    TEXT("period", "label of the period"),
    TEXT("before", "label of the period before; empty for none"),
    TEXT("as_of_day", "day that ages are counted to"),
    TEXT("as_of_iso", "the instant, as 2026-11-27T23:59:59Z"),
    TEXT("verdict", "the verdict in a sentence"),
    TEXT("verdict_more", "the sentence after it"),
    TEXT("change_sentence", "what changed, in a sentence; empty for a first period"),
    TEXT("any_moved", "1: Macs have moved, or should have"),
    TEXT("any_ways", "1: there are ways, to goals not reached yet"),
    TEXT("style_hash", "for the policy: sha256-..."),
    TEXT("script_hash", "for the policy: sha256-..."),
    TEXT("macs_shown", "Macs of the static list"),
    TEXT("lines_left", "lines that are not in the page; empty for none"),
    TEXT("macs_left", "Macs that are not in the page; empty for none"),
    {"use_monthly", TEMPLATE_FLAG, NULL, "1 in the monthly report"},
    {"use_client", TEMPLATE_FLAG, NULL, "1 in the client review"},
    {"use_migration", TEMPLATE_FLAG, NULL, "1 in the migration assessment"},
    {"fleet", TEMPLATE_FLAG, NULL, "1 where all clients are together"},
    {"many_clients", TEMPLATE_FLAG, NULL, "1 where there is more than one client"},
    {"show_ids", TEMPLATE_FLAG, NULL, "1 where rules and remedies are named by their ids"},
    {"rules_changed", TEMPLATE_FLAG, NULL, "1 where the trend spans other rules"},
    {"any_accepted", TEMPLATE_FLAG, NULL, "1 where a risk was accepted"},
    {"has_before", TEMPLATE_FLAG, NULL, "1 where there is a period before"},
    {"has_trend", TEMPLATE_FLAG, NULL, "1 where there is more than one period"},
    {"csv_findings", TEMPLATE_URL, NULL, "file name of the findings"},
    {"csv_devices", TEMPLATE_URL, NULL, "file name of the Macs"},
    {"csv_remedies", TEMPLATE_URL, NULL, "file name of the fixes with all serial numbers"},
    {"csv_accounts", TEMPLATE_URL, NULL, "file name of the accounts"},
    {"xlsx", TEMPLATE_URL, NULL, "file name of the workbook"},
    {"style", TEMPLATE_CODE, NULL, "the style sheet"},
    {"script", TEMPLATE_CODE, NULL, "the script"},
    MARKUP("verdict_bar", "Macs by verdict as a bar"),
    MARKUP("readiness_bar", "Macs by readiness as a bar"),
    MARKUP("trend_chart", "columns of the trend"),
    MARKUP("data", "rows for the script, as blocks of JSON"),
    /* report/queries/html-totals.sql */
    FIELD("n_devices"), FIELD("n_at_risk"), FIELD("n_undetermined"),
    FIELD("n_attention"), FIELD("n_partial"), FIELD("n_clean"),
    FIELD("n_silent"), FIELD("n_ready"), FIELD("n_action"), FIELD("n_hands"),
    FIELD("n_blocked"), FIELD("n_ready_unknown"), FIELD("n_judged"),
    FIELD("b_devices"), FIELD("b_at_risk"), FIELD("b_undetermined"),
    FIELD("b_fine"), FIELD("n_fine"), FIELD("devices"), FIELD("at_risk"),
    FIELD("undetermined"), FIELD("attention"), FIELD("partial"),
    FIELD("clean"), FIELD("fine"), FIELD("silent"), FIELD("ready"),
    FIELD("action_first"), FIELD("hands_on"), FIELD("blocked"),
    FIELD("ready_unknown"), FIELD("at_risk_pct"), FIELD("undetermined_pct"),
    FIELD("attention_pct"), FIELD("fine_pct"), FIELD("silent_pct"),
    FIELD("ready_pct"), FIELD("at_risk_change"), FIELD("undetermined_change"),
    FIELD("fine_change"), FIELD("devices_change"),
    /* report/queries/html-rates.sql */
    FIELD("pass_rate"), FIELD("coverage"), FIELD("pass_rate_adjusted"),
    FIELD("checks_answered"), FIELD("checks_all"), FIELD("checks_failed"),
    FIELD("checks_unknown"), FIELD("checks_notchecked"), FIELD("n_notchecked"),
    FIELD("rules_counted"), FIELD("rate_change"), FIELD("rate_both"),
    FIELD("rate_both_before"), FIELD("rules_both"),
    /* report/queries/html-overdue_count.sql */
    FIELD("n_overdue"), FIELD("overdue_macs"), FIELD("overdue_word"), FIELD("n_overdue_lines"),
    /* report/queries/html-left.sql */
    TEXT("overdue_left", "overdue lines beyond those listed; none where all are"),
    TEXT("conflicts_left", "likewise"), TEXT("sites_left", "likewise"),
    TEXT("blockers_left", "likewise"),
    /* report/queries/html-population.sql */
    FIELD("files"), FIELD("records"), FIELD("records_accepted"), FIELD("records_rejected"),
    FIELD("n_rejected"), FIELD("records_left_out"), FIELD("mac_records"),
    FIELD("macs_from_records"), FIELD("merged"), FIELD("macs_from_lists"),
    FIELD("replaced"), FIELD("n_replaced"), FIELD("unjoined"),
    FIELD("n_unjoined"), FIELD("accounts"), FIELD("accounts_word"),
    FIELD("appeared"), FIELD("appeared_macs"), FIELD("gone"),
    FIELD("version"), FIELD("rules_digest"), FIELD("inputs_digest"),
    LIST(verdicts, "Macs by verdict, worst first"),
    LIST(trend, "periods, oldest first, up to 12"),
    LIST(clients, "clients, most at risk first (whole fleet)"),
    LIST(ways, "the shortest ways to no critical problem, to no Mac at risk"),
    LIST(way_steps, "inside ways: the actions, in order"),
    LIST(missing_clients, "clients of earlier periods that this one lacks"),
    LIST(changes, "what changed since the period before, in Macs"),
    LIST(rules, "checks that enter rates, those that fail first"),
    LIST(capabilities, "what Macs cannot do now"),
    LIST(overdue, "open longer than they should be, up to 40"),
    LIST(accepted, "accepted risks"),
    LIST(actions, "fixes, worst first"),
    LIST(steps, "inside actions: the steps"),
    LIST(serials, "inside actions: one row with up to 2,000 serial numbers"),
    LIST(action_macs, "inside actions: the worst 25 Macs"),
    LIST(blocks, "blocks of a hundred Macs, up to five"),
    LIST(macs, "inside blocks: the Macs"),
    LIST(mac_lines, "inside macs: a line for each cause and fix"),
    LIST(supplies, "what would answer most open checks"),
    LIST(gaps, "checks that could not be made"),
    LIST(required, "checks that must be made and were not, everywhere"),
    LIST(conflicts, "facts on which sources disagree, up to 30"),
    LIST(expected, "the fleet against a list of serials: one row, or none"),
    LIST(imports, "files that were judged"),
    LIST(warnings, "inside imports: what to know of the file"),
    LIST(policy, "settings in force"),
    LIST(readiness, "Macs by readiness for a move"),
    LIST(cohorts, "readiness by system version and chip"),
    LIST(sites, "readiness by client and site, up to 60"),
    LIST(blockers, "what stands in the way of a move, up to 40"),
    LIST(open_facts, "what must be found out before a move"),
    LIST(fleet_tasks, "what is done once for the fleet before a move"),
    LIST(moved, "checks of Macs that have moved, or should have"),
    LIST(checklist, "checks before a move by Mac, up to 200"),
    END};
/* clang-format on */
