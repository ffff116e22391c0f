#include "core/base.h"

#include "core/db.h"
#include "core/sha256.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "report/csv.h"
#include "report/manifest.h"
#include "report/report.h"
#include "report/xlsx.h"
#include "tests/suites.h"
#include "tests/support/report_store.h"
#include "tests/support/tmpdir.h"

#include <dirent.h>
#include <minizip/unzip.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMATS "csv,json,xlsx"

static struct err err;
static sqlite3 *db;
static struct report_summary done;

static void setup(void)
{
    err = (struct err){0};
    done = (struct report_summary){0};
    db = report_store();
    tmpdir_make();
}

/* Remove a folder of files. */
static void remove_folder(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;
    char file[1024];

    if (!d)
        return;
    while ((e = readdir(d))) {
        snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
        unlink(file);
    }
    closedir(d);
    rmdir(path);
}

static void teardown(void)
{
    remove_folder(tmpdir_path("out/cedar-works"));
    remove_folder(tmpdir_path("out/birch-partners-x"));
    report_summary_free(&done);
    db_close(db);
    tmpdir_remove();
}

static int try_report(const struct report_options *o)
{
    report_summary_free(&done);
    err = (struct err){0};
    return report_write(db, o, &done, &err);
}

static void write_reports(const char *dir, const char *client,
                          const char *formats)
{
    struct report_options o = {
        .dir = tmpdir_path(dir), .client = client, .formats = formats};

    ck_assert_msg(try_report(&o) == 0, "%s: %s", err.file, err.text);
}

static char *whole(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct strbuf b = {0};
    char buf[4096];
    size_t n;

    ck_assert_msg(f != NULL, "cannot open %s", path);
    while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
        strbuf_add(&b, buf, n);
    fclose(f);
    strbuf_adds(&b, "");
    return strbuf_detach(&b);
}

static char *output(const char *dir, const char *name)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/%s", tmpdir_path(dir), name);
    return whole(path);
}

static bool exists(const char *dir, const char *name)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/%s", tmpdir_path(dir), name);
    return access(path, F_OK) == 0;
}

/* ----------------------------------------------------- a reader of CSV --- */

struct table {
    char *cells[64][64];
    size_t rows, width[64];
};

static void read_csv(const char *text, struct table *t)
{
    struct strbuf cell = {0};
    bool quote = false;
    const char *p;

    memset(t, 0, sizeof(*t));
    for (p = text; *p; p++) {
        if (quote && *p == '"' && p[1] == '"') {
            strbuf_addc(&cell, *p++);
        } else if (*p == '"') {
            quote = !quote;
        } else if (!quote && (*p == ',' || *p == '\r')) {
            struct strbuf plain = {0};

            csv_unguard(&plain, strbuf_str(&cell), cell.len);
            strbuf_adds(&plain, "");
            t->cells[t->rows][t->width[t->rows]++] =
                strbuf_ok(&plain) && plain.data ? strbuf_detach(&plain)
                                                : strdup("");
            strbuf_reset(&cell);
            if (*p == '\r') {
                ck_assert_int_eq(*++p, '\n');
                t->rows++;
            }
        } else {
            strbuf_addc(&cell, *p);
        }
    }
    ck_assert(!quote);
    ck_assert_uint_eq(cell.len, 0);
    strbuf_free(&cell);
}

static void free_csv(struct table *t)
{
    size_t i, k;

    for (i = 0; i < t->rows; i++)
        for (k = 0; k < t->width[i]; k++)
            free(t->cells[i][k]);
}

static const char *at(const struct table *t, size_t row, const char *column)
{
    size_t i;

    for (i = 0; i < t->width[0]; i++)
        if (strcmp(t->cells[0][i], column) == 0)
            return t->cells[row][i];
    ck_abort_msg("no column %s", column);
    return "";
}

static void load(const char *dir, const char *name, struct table *t)
{
    char *text = output(dir, name);

    read_csv(text, t);
    free(text);
}

/* ------------------------------------------------------------------ tests */

START_TEST(names_and_modes_are_as_promised)
{
    struct stat st;
    size_t i;

    write_reports("out", NULL, FORMATS);
    ck_assert(exists("out", "fleet-monthly-2026-11-findings.csv"));
    ck_assert(exists("out", "fleet-monthly-2026-11-report.json"));
    ck_assert(exists("out", "fleet-monthly-2026-11-findings.jsonl"));
    ck_assert(exists("out", "fleet-monthly-2026-11.xlsx"));
    ck_assert(exists("out", "fleet-monthly-2026-11-manifest.json"));
    ck_assert_int_eq(stat(tmpdir_path("out"), &st), 0);
    ck_assert_int_eq(st.st_mode & 0777, 0700);
    for (i = 0; i < done.count; i++) {
        char path[512];

        snprintf(path, sizeof(path), "%s/%s", done.dir, done.files[i].name);
        ck_assert_int_eq(stat(path, &st), 0);
        ck_assert_int_eq(st.st_mode & 0777, 0600);
        ck_assert_int_eq(st.st_size, done.files[i].bytes);
    }
}
END_TEST

START_TEST(columns_are_those_of_the_contract)
{
    static const struct {
        const char *subject, *columns;
    } want[] = {
        {"findings",
         "finding_id,client,serial,device_name,account,rule,title,severity,"
         "result,state,first_seen,days_open,evidence,missing_facts,remedy,"
         "effort,waived,waiver_reason,waiver_expires,assigned_user,"
         "assigned_email,last_checkin,source_file,source_line,owner,due,"
         "comment"},
        {"devices",
         "client,site,serial,device_name,asset_tag,assigned_user,model,chip,"
         "os_version,last_checkin,filevault,bootstrap_state,holders,"
         "token_admins,repair_path,verdict,worst_severity,failed,unknown,"
         "notchecked,cannot_do,readiness,next_step,effort"},
        {"accounts",
         "client,serial,account,full_name,role,kind,admin,secure_token,"
         "token_real,volume_owner,filevault_user,last_login,reset_forecast"},
        {"rules",
         "rule,title,severity,pass,fail,unknown,notapplicable,notchecked,error,"
         "waived,pass_rate,coverage,change,missing_facts"},
        {"remedies", "remedy,title,effort,devices,accounts,serials"},
        {"matrix", "client,serial,device_name,BT-01,FV-01,PW-04,ST-02,ST-06"},
        {"changes",
         "finding_id,client,serial,account,rule,change,before,after"},
        {"waivers",
         "rule,client,serial,account,reason,owner,approved_by,ticket,expires,"
         "state,matches"},
        {"rejects", "file,line,column,reason"},
        {"clients",
         "client,devices,clean,partial,attention,at_risk,undetermined,"
         "not_reporting,critical,high,pass_rate,coverage,change"},
    };
    char name[96], *text;
    size_t i;

    write_reports("out", NULL, "csv");
    for (i = 0; i < COUNT_OF(want); i++) {
        snprintf(name, sizeof(name), "fleet-monthly-2026-11-%s.csv",
                 want[i].subject);
        text = output("out", name);
        ck_assert_msg(strncmp(text, want[i].columns, strlen(want[i].columns)) ==
                          0,
                      "%s: %.300s", want[i].subject, text);
        free(text);
    }
}
END_TEST

START_TEST(findings_come_worst_first_with_their_source)
{
    struct table t;

    write_reports("out", NULL, "csv");
    load("out", "fleet-monthly-2026-11-findings.csv", &t);
    ck_assert_uint_eq(t.rows, 8);
    ck_assert_str_eq(at(&t, 1, "severity"), "critical");
    ck_assert_str_eq(at(&t, 1, "rule"), "BT-01");
    ck_assert_str_eq(at(&t, 1, "days_open"), "30");
    ck_assert_str_eq(at(&t, 1, "source_file"), "birch/devices.csv");
    ck_assert_str_eq(at(&t, 1, "source_line"), "3");
    /* An account rule on facts of the Mac too: its account was read later. */
    ck_assert_str_eq(at(&t, 6, "rule"), "ST-02");
    ck_assert_str_eq(at(&t, 6, "source_file"), "birch/accounts.csv");
    ck_assert_str_eq(at(&t, 6, "source_line"), "4");
    /* Nothing gave the fact: nothing is named. */
    ck_assert_str_eq(at(&t, 3, "result"), "unknown");
    ck_assert_str_eq(at(&t, 3, "source_file"), "");
    ck_assert_str_eq(at(&t, 5, "waived"), "true");
    ck_assert_str_eq(at(&t, 7, "severity"), "medium");
    free_csv(&t);
}
END_TEST

START_TEST(nasty_names_come_back_intact)
{
    struct table t;
    char *text;

    write_reports("out", NULL, "csv");
    load("out", "fleet-monthly-2026-11-devices.csv", &t);
    ck_assert_str_eq(at(&t, 2, "device_name"), NASTY_DEVICE);
    ck_assert_str_eq(at(&t, 2, "site"), NASTY_SITE);
    ck_assert_str_eq(at(&t, 2, "model"), NASTY_MODEL);
    ck_assert_str_eq(at(&t, 2, "client"), NASTY_CLIENT);
    ck_assert_str_eq(at(&t, 2, "asset_tag"), "1E10");
    ck_assert_str_eq(at(&t, 1, "asset_tag"), "0012");
    ck_assert_str_eq(at(&t, 1, "x_shelf"), "=1+1");
    free_csv(&t);
    text = output("out", "fleet-monthly-2026-11-devices.csv");
    ck_assert_ptr_null(strstr(text, ",=")); /* no cell begins a formula */
    ck_assert_ptr_null(strstr(text, "\"="));
    ck_assert_ptr_null(strstr(text, "\n="));
    ck_assert_ptr_null(strstr(text, "\n+2"));
    free(text);
    ck_assert_int_gt(done.guarded, 0);
}
END_TEST

START_TEST(raw_csv_has_no_apostrophes)
{
    struct report_options o = {.dir = tmpdir_path("out"),
                               .formats = "csv",
                               .csv_raw = true,
                               .csv_bom = true};
    char *text;

    ck_assert_int_eq(try_report(&o), 0);
    text = output("out", "fleet-monthly-2026-11-devices.csv");
    ck_assert_int_eq(strncmp(text,
                             "\xef\xbb\xbf"
                             "client,",
                             10),
                     0);
    ck_assert_ptr_nonnull(strstr(text, "\"=cmd|"));
    ck_assert_int_eq(done.guarded, 0);
    free(text);
}
END_TEST

START_TEST(every_line_of_findings_is_an_object_with_its_rows)
{
    char *text, *line, *next;
    size_t n = 0;

    write_reports("out", NULL, "json");
    text = output("out", "fleet-monthly-2026-11-findings.jsonl");
    for (line = text; *line; line = next, n++) {
        json_t *o, *rows;

        next = strchr(line, '\n');
        ck_assert_ptr_nonnull(next);
        *next++ = '\0';
        o = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        ck_assert_ptr_nonnull(o);
        rows = json_object_get(o, "evidence_rows");
        ck_assert(json_is_array(rows));
        if (n == 4) { /* FileVault: the cell as it was */
            json_t *row = json_array_get(rows, 0);

            ck_assert_str_eq(json_string_value(json_object_get(row, "raw")),
                             "Not Encrypted");
            ck_assert_str_eq(json_string_value(json_object_get(row, "value")),
                             "off");
            ck_assert_int_eq(json_integer_value(json_object_get(row, "line")),
                             3);
        }
        if (n == 0)
            ck_assert_str_eq(
                json_string_value(json_object_get(o, "device_name")),
                NASTY_DEVICE);
        json_decref(o);
    }
    ck_assert_uint_eq(n, 7);
    free(text);
}
END_TEST

START_TEST(counts_tie)
{
    struct table t;
    size_t i;

    write_reports("out", NULL, "csv,json");
    load("out", "fleet-monthly-2026-11-rules.csv", &t);
    for (i = 1; i < t.rows; i++) {
        static const char *const parts[] = {
            "pass", "fail", "unknown", "notapplicable", "notchecked", "error"};
        long sum = 0, want = strcmp(at(&t, i, "scope"), "device") ? 6 : 5;
        size_t k;

        for (k = 0; k < COUNT_OF(parts); k++)
            sum += strtol(at(&t, i, parts[k]), NULL, 10);
        ck_assert_int_eq(sum, want);
    }
    free_csv(&t);
    load("out", "fleet-monthly-2026-11-clients.csv", &t);
    for (i = 1; i < t.rows; i++) {
        static const char *const parts[] = {"clean", "partial", "attention",
                                            "at_risk", "undetermined"};
        long sum = 0;
        size_t k;

        for (k = 0; k < COUNT_OF(parts); k++)
            sum += strtol(at(&t, i, parts[k]), NULL, 10);
        ck_assert_int_eq(sum, strtol(at(&t, i, "devices"), NULL, 10));
    }
    free_csv(&t);
}
END_TEST

/* All files of a folder as one digest. */
static void digest(const char *dir, char out[SHA256_HEX])
{
    struct strbuf all = {0};
    size_t i;

    for (i = 0; i < done.count; i++) {
        char hex[SHA256_HEX], path[512];
        int64_t bytes;

        snprintf(path, sizeof(path), "%s/%s", tmpdir_path(dir),
                 done.files[i].name);
        ck_assert_int_eq(sha256_file(path, ERR_OUTPUT, hex, &bytes, &err), 0);
        strbuf_adds(&all, hex);
    }
    sha256_text(strbuf_str(&all), all.len, out);
    strbuf_free(&all);
}

START_TEST(two_runs_give_the_same_bytes)
{
    char first[SHA256_HEX], second[SHA256_HEX], *a, *b;

    write_reports("a", NULL, FORMATS);
    digest("a", first);
    sleep(1); /* a time of day in a file would differ now */
    write_reports("b", NULL, FORMATS);
    digest("b", second);
    ck_assert_str_eq(first, second);
    a = output("a", "fleet-monthly-2026-11-manifest.json");
    b = output("b", "fleet-monthly-2026-11-manifest.json");
    ck_assert_str_eq(a, b);
    free(a);
    free(b);
}
END_TEST

START_TEST(a_file_that_is_not_ours_stays)
{
    struct report_options o = {.dir = tmpdir_path("out"), .formats = "csv"};
    FILE *f;
    char path[512], *text;

    write_reports("out", NULL, "json"); /* makes the folder */
    snprintf(path, sizeof(path), "%s/fleet-monthly-2026-11-rules.csv",
             tmpdir_path("out"));
    f = fopen(path, "wb");
    fputs("mine", f);
    fclose(f);
    ck_assert_int_eq(try_report(&o), -1);
    ck_assert_int_eq(err.code, ERR_OUTPUT);
    ck_assert_ptr_nonnull(strstr(err.hint, "--force"));
    text = whole(path);
    ck_assert_str_eq(text, "mine");
    free(text);
    /* Nothing of the report that failed is there either. */
    ck_assert(!exists("out", "fleet-monthly-2026-11-findings.csv"));
    o.force = true;
    ck_assert_int_eq(try_report(&o), 0);
    text = whole(path);
    ck_assert_int_eq(strncmp(text, "rule,", 5), 0);
    free(text);
}
END_TEST

START_TEST(what_an_earlier_manifest_names_is_replaced_or_kept)
{
    struct report_options o = {.dir = tmpdir_path("out"), .formats = "csv"};
    char *text;

    write_reports("out", NULL, "csv,json");
    ck_assert_int_eq(try_report(&o), 0);
    text = output("out", "fleet-monthly-2026-11-manifest.json");
    ck_assert_ptr_nonnull(strstr(strstr(text, "\"kept\""), "findings.jsonl"));
    free(text);
    o.formats = "json"; /* still ours */
    ck_assert_int_eq(try_report(&o), 0);
}
END_TEST

START_TEST(no_hidden_file_stays)
{
    struct dirent *e;
    DIR *d;
    char path[512];
    FILE *f;

    write_reports("out", NULL, FORMATS);
    snprintf(path, sizeof(path), "%s/.fleet-monthly-2026-11.html.tmp",
             tmpdir_path("out"));
    f = fopen(path, "wb"); /* as a killed run leaves it */
    fclose(f);
    write_reports("out", NULL, FORMATS);
    d = opendir(tmpdir_path("out"));
    while ((e = readdir(d)))
        ck_assert_msg(e->d_name[0] != '.' || !strcmp(e->d_name, ".") ||
                          !strcmp(e->d_name, ".."),
                      "%s", e->d_name);
    closedir(d);
}
END_TEST

START_TEST(a_clients_report_has_nothing_of_the_others)
{
    static const char *const foreign[] = {"C02AAA", "anna", "carla", "Birch",
                                          "birch"};
    size_t i, k;

    write_reports("out", PLAIN_CLIENT, "csv,json");
    ck_assert(exists("out", "cedar-works-monthly-2026-11-findings.csv"));
    for (i = 0; i < done.count; i++) {
        char *text = output("out", done.files[i].name);

        for (k = 0; k < COUNT_OF(foreign); k++)
            ck_assert_msg(!strstr(text, foreign[k]), "%s in %s", foreign[k],
                          done.files[i].name);
        free(text);
    }
}
END_TEST

START_TEST(client_names_are_found_or_suggested)
{
    struct report_options o = {
        .dir = tmpdir_path("out"), .client = "cedar WORKS", .formats = "csv"};

    ck_assert_int_eq(try_report(&o), 0);
    o.client = "Cedar Work";
    ck_assert_int_eq(try_report(&o), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.hint, PLAIN_CLIENT));
}
END_TEST

START_TEST(each_client_gets_a_folder)
{
    struct report_options o = {
        .dir = tmpdir_path("out"), .formats = "csv", .each_client = true};

    ck_assert_int_eq(try_report(&o), 0);
    ck_assert_uint_eq(done.clients, 2);
    ck_assert_ptr_null(done.failed);
    ck_assert(
        exists("out/cedar-works", "cedar-works-monthly-2026-11-devices.csv"));
    ck_assert(exists("out/birch-partners-x",
                     "birch-partners-x-monthly-2026-11-devices.csv"));
    ck_assert(exists("out", "fleet-monthly-2026-11-clients.csv"));
}
END_TEST

START_TEST(clients_whose_names_collide_are_both_named)
{
    struct report_options o = {
        .dir = tmpdir_path("out"), .formats = "csv", .client = PLAIN_CLIENT};

    ck_assert_int_eq(db_script(db,
                               "UPDATE client SET name = 'cedar-works!'"
                               " WHERE client_id = 1",
                               &err),
                     0);
    ck_assert_int_eq(try_report(&o), -1);
    ck_assert_int_eq(err.code, ERR_OUTPUT);
    ck_assert_ptr_nonnull(strstr(err.text, "cedar-works!"));
    ck_assert_ptr_nonnull(strstr(err.text, PLAIN_CLIENT));
    o.client = NULL;
    o.each_client = true; /* neither is written, the fleet is */
    ck_assert_int_eq(try_report(&o), 0);
    ck_assert_uint_eq(done.clients, 0);
    ck_assert_int_eq(done.failed_code, ERR_OUTPUT);
}
END_TEST

START_TEST(wrong_words_are_usage_errors)
{
    struct report_options o = {.dir = tmpdir_path("out"), .formats = "csv,pdf"};

    ck_assert_int_eq(try_report(&o), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    o.formats = "csv";
    o.use = "weekly";
    ck_assert_int_eq(try_report(&o), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    o.use = NULL;
    o.period = "2027-01";
    ck_assert_int_eq(try_report(&o), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
}
END_TEST

/* ------------------------------------------------------------------- xlsx */

/* A part of a workbook as text; the caller frees. */
static char *part(const char *path, const char *name)
{
    unzFile zip = unzOpen64(path);
    struct strbuf b = {0};
    char buf[4096];
    int n;

    ck_assert_ptr_nonnull(zip);
    ck_assert_int_eq(unzLocateFile(zip, name, 0), UNZ_OK);
    ck_assert_int_eq(unzOpenCurrentFile(zip), UNZ_OK);
    while ((n = unzReadCurrentFile(zip, buf, sizeof(buf))) > 0)
        strbuf_add(&b, buf, (size_t)n);
    ck_assert_int_eq(unzCloseCurrentFile(zip), UNZ_OK);
    unzClose(zip);
    return strbuf_detach(&b);
}

static const char *workbook(void)
{
    static char path[512];

    snprintf(path, sizeof(path), "%s/fleet-monthly-2026-11.xlsx",
             tmpdir_path("out"));
    return path;
}

START_TEST(a_workbook_is_whole_and_counted)
{
    struct output found = {.rows = -1};

    write_reports("out", NULL, "xlsx");
    ck_assert_int_eq(xlsx_recount(workbook(), &found, &err), 0);
    ck_assert_ptr_nonnull(strstr(found.detail, "\"Findings\":{\"rows\":8,"));
    ck_assert_ptr_nonnull(strstr(found.detail, "\"Devices\":{\"rows\":6,"));
    ck_assert_ptr_nonnull(strstr(found.detail, "\"Accounts\":{\"rows\":7,"));
}
END_TEST

START_TEST(text_in_a_workbook_stays_text)
{
    char *sheet, *summary, *chart;

    write_reports("out", NULL, "xlsx");
    sheet = part(workbook(), "xl/worksheets/sheet3.xml");
    ck_assert_ptr_null(strstr(sheet, "<f>"));
    ck_assert_ptr_nonnull(strstr(sheet, "=cmd|' /C calc'!A0 &lt;b&gt;"));
    ck_assert_ptr_nonnull(strstr(sheet, "_x005F_x0041_ Mac_x001B_[31m"));
    ck_assert_ptr_nonnull(strstr(sheet, ">0012<"));
    free(sheet);
    /* The charts show without being calculated. */
    chart = part(workbook(), "xl/charts/chart1.xml");
    ck_assert_ptr_nonnull(strstr(chart, "<c:numCache>"));
    ck_assert_ptr_nonnull(strstr(chart, "<c:v>2</c:v>"));
    free(chart);
    summary = part(workbook(), "docProps/core.xml");
    ck_assert_ptr_nonnull(strstr(summary, "2026-12-01T00:00:00Z"));
    free(summary);
}
END_TEST

START_TEST(a_workbook_cut_short_is_noticed)
{
    struct output found = {.rows = -1};
    struct stat st;

    write_reports("out", NULL, "xlsx");
    ck_assert_int_eq(stat(workbook(), &st), 0);
    ck_assert_int_eq(truncate(workbook(), st.st_size / 2), 0);
    ck_assert_int_eq(xlsx_recount(workbook(), &found, &err), -1);
    ck_assert_int_eq(err.code, ERR_OUTPUT);
}
END_TEST

START_TEST(a_long_text_is_cut_between_characters_with_a_note)
{
    struct strbuf text = {0}, buf = {0};
    const char *safe;
    bool cut;
    int i;

    for (i = 0; i < 20000; i++)
        strbuf_adds(&text, "\xf0\x9f\x92\xbb"); /* two units each */
    safe = book_safe(&buf, strbuf_str(&text), text.len, &cut);
    ck_assert(cut);
    ck_assert_uint_eq(utf8_check(safe, strlen(safe)), strlen(safe));
    ck_assert_ptr_nonnull(strstr(safe, "20000 characters, see CSV]"));
    safe = book_safe(&buf, "a\xff\xef\xbf\xbe", 5, &cut);
    ck_assert_str_eq(safe, "a\xef\xbf\xbd\xef\xbf\xbd");
    ck_assert(!cut);
    strbuf_free(&text);
    strbuf_free(&buf);
}
END_TEST

/* ----------------------------------------------------------------- verify */

static int verify(sqlite3 *with, char *said, size_t size)
{
    FILE *f = tmpfile();
    struct report_verify how = {.config = NULL};
    size_t n;
    int rc;

    err = (struct err){0};
    how.out = f;
    rc = report_verify(with, tmpdir_path("out"), &how, &err);
    rewind(f);
    n = fread(said, 1, size - 1, f);
    said[n] = '\0';
    fclose(f);
    return rc;
}

START_TEST(what_was_written_verifies)
{
    char said[2000];

    write_reports("out", NULL, FORMATS);
    write_reports("out", PLAIN_CLIENT, FORMATS);
    ck_assert_msg(verify(db, said, sizeof(said)) == 0, "%s", said);
    ck_assert_int_eq(verify(NULL, said, sizeof(said)), 0);
}
END_TEST

START_TEST(a_changed_byte_and_a_missing_file_are_found)
{
    char said[2000], path[512];
    FILE *f;

    write_reports("out", NULL, "csv");
    snprintf(path, sizeof(path), "%s/fleet-monthly-2026-11-rules.csv",
             tmpdir_path("out"));
    f = fopen(path, "r+b");
    fputc('R', f);
    fclose(f);
    snprintf(path, sizeof(path), "%s/fleet-monthly-2026-11-matrix.csv",
             tmpdir_path("out"));
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(verify(db, said, sizeof(said)), -1);
    ck_assert_int_eq(err.code, ERR_GATE);
    ck_assert_ptr_nonnull(strstr(said, "rules.csv: was changed"));
    ck_assert_ptr_nonnull(strstr(said, "matrix.csv: "));
}
END_TEST

START_TEST(a_number_that_the_database_does_not_have_is_found)
{
    char said[4000];

    write_reports("out", NULL, FORMATS);
    ck_assert_int_eq(db_script(db,
                               "UPDATE tally SET count = count + 1 WHERE"
                               " period_id = 2 AND rule_no = 0 AND"
                               " result = 'pass' AND client_id = 1;"
                               "DELETE FROM finding WHERE period_id = 2 AND"
                               " rule_no = 4",
                               &err),
                     0);
    ck_assert_int_eq(verify(db, said, sizeof(said)), -1);
    ck_assert_int_eq(err.code, ERR_GATE);
    ck_assert_ptr_nonnull(strstr(said, "rules.csv: is not what"));
    ck_assert_ptr_nonnull(strstr(said, "findings.csv: is not what"));
    ck_assert_ptr_nonnull(strstr(said, ".xlsx: is not what"));
    ck_assert_ptr_nonnull(strstr(said, ".xlsx: has 7 rows of findings"));
}
END_TEST

Suite *report_suite(void);

Suite *report_suite(void)
{
    Suite *s = suite_create("report");
    TCase *tc = tcase_create("report");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, names_and_modes_are_as_promised);
    tcase_add_test(tc, columns_are_those_of_the_contract);
    tcase_add_test(tc, findings_come_worst_first_with_their_source);
    tcase_add_test(tc, nasty_names_come_back_intact);
    tcase_add_test(tc, raw_csv_has_no_apostrophes);
    tcase_add_test(tc, every_line_of_findings_is_an_object_with_its_rows);
    tcase_add_test(tc, counts_tie);
    tcase_add_test(tc, two_runs_give_the_same_bytes);
    tcase_add_test(tc, a_file_that_is_not_ours_stays);
    tcase_add_test(tc, what_an_earlier_manifest_names_is_replaced_or_kept);
    tcase_add_test(tc, no_hidden_file_stays);
    tcase_add_test(tc, a_clients_report_has_nothing_of_the_others);
    tcase_add_test(tc, client_names_are_found_or_suggested);
    tcase_add_test(tc, each_client_gets_a_folder);
    tcase_add_test(tc, clients_whose_names_collide_are_both_named);
    tcase_add_test(tc, wrong_words_are_usage_errors);
    tcase_add_test(tc, a_workbook_is_whole_and_counted);
    tcase_add_test(tc, text_in_a_workbook_stays_text);
    tcase_add_test(tc, a_workbook_cut_short_is_noticed);
    tcase_add_test(tc, a_long_text_is_cut_between_characters_with_a_note);
    tcase_add_test(tc, what_was_written_verifies);
    tcase_add_test(tc, a_changed_byte_and_a_missing_file_are_found);
    tcase_add_test(tc, a_number_that_the_database_does_not_have_is_found);
    suite_add_tcase(s, tc);
    return s;
}
