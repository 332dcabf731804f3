# Reads the published warehouse with base R and the DuckDB command line (https://duckdb.org, 1.4 or later): no package.
#
#   source("docs/clients/s3monitor.R")
#   growth <- s3_read("FROM marts.growth WHERE region_id = 'RUHR'")
#
# query    one SELECT or FROM statement
# file     the published file; each call opens it read-only and closes it, so it sees the newest release as a whole
# program  the DuckDB command line; the environment variable DUCKDB names one that is not on the path
#
# Gives a data.frame with the types of the warehouse: text as character (sector `NA` stays text, an empty value is NA),
# DATE as Date, TIMESTAMP as POSIXct in UTC, BOOLEAN as logical, INTEGER as integer, other numbers as numeric (exact up
# to 2^53), anything else as the text DuckDB writes. Warns of synthetic data.
s3_read <- function(query, file = "data/s3monitor.duckdb", program = Sys.getenv("DUCKDB", "duckdb")) {
  if (Sys.which(program) == "") stop("The DuckDB command line is not here. Install it, or name it with DUCKDB.")
  if (!file.exists(file)) stop("Nothing is published as ", file, ".")
  folder <- tempfile("s3monitor")
  dir.create(folder)
  on.exit(unlink(folder, recursive = TRUE))
  path <- function(name) file.path(normalizePath(folder, winslash = "/"), name)
  copy <- function(sql, name) sprintf("COPY (\n%s\n) TO '%s' (FORMAT csv, HEADER, NULLSTR '\\N');", sql, path(name))
  query <- sub(";\\s*$", "", query)
  script <- c(
    copy(query, "rows.csv"),
    copy(sprintf("SELECT column_type FROM (DESCRIBE\n%s\n)", query), "types.csv"),
    copy("SELECT bool_or(is_synthetic) AS is_synthetic FROM meta.release", "release.csv")
  )
  writeLines(enc2utf8(script), path("script.sql"), useBytes = TRUE)
  arguments <- c("-readonly", "-bail", "-f", shQuote(path("script.sql")), shQuote(path.expand(file)))
  status <- suppressWarnings(system2(program, arguments, stdout = FALSE, stderr = path("errors.txt")))
  if (status != 0) stop(paste(readLines(path("errors.txt"), encoding = "UTF-8"), collapse = "\n"))

  table <- function(name) {
    read.csv(path(name), colClasses = "character", na.strings = "\\N", encoding = "UTF-8", check.names = FALSE)
  }
  if (identical(table("release.csv")$is_synthetic, "true")) warning("SYNTHETIC SAMPLE DATA, not for use as figures.")
  rows <- table("rows.csv")
  rows[] <- Map(s3_typed, rows, table("types.csv")$column_type)
  rows
}

s3_typed <- function(text, type) {
  if (type %in% c("TINYINT", "SMALLINT", "INTEGER")) return(as.integer(text))
  if (grepl("^(U?(TINY|SMALL|BIG|HUGE)INT|UINTEGER|FLOAT|DOUBLE|DECIMAL\\(.*\\))$", type)) return(as.numeric(text))
  if (type == "BOOLEAN") return(text == "true")
  if (type == "DATE") return(as.Date(text, format = "%Y-%m-%d"))
  if (type == "TIMESTAMP") return(as.POSIXct(text, format = "%Y-%m-%d %H:%M:%OS", tz = "UTC"))
  text
}
