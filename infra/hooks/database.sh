#!/bin/sh
# Brings the schema up to date and lets the app's identity in, with the rights to add and to read only.
# Needs sqlcmd (go-sqlcmd) and a Python with requirements.txt installed; both sign in as you (az login or azd auth login).
set -eu

for tool in sqlcmd python3; do
  if ! command -v "$tool" >/dev/null; then
    echo "database.sh needs $tool: install it, then run ./infra/hooks/database.sh again" >&2
    exit 1
  fi
done

DATABASE_URL="Driver={ODBC Driver 18 for SQL Server};Server=tcp:${SQL_SERVER_NAME}.database.windows.net,1433;Database=${SQL_DATABASE_NAME};Encrypt=yes" \
  python3 -m shared.migrations

for grant in "${FUNCTION_APP_NAME}:prompt_history_app"; do
  name=${grant%%:*}
  role=${grant##*:}
  sqlcmd --authentication-method ActiveDirectoryDefault -b \
    -S "${SQL_SERVER_NAME}.database.windows.net" -d "${SQL_DATABASE_NAME}" -Q "
    IF DATABASE_PRINCIPAL_ID(N'${name}') IS NULL CREATE USER [${name}] FROM EXTERNAL PROVIDER;
    ALTER ROLE ${role} ADD MEMBER [${name}];"
done
echo "The schema is up to date, and ${FUNCTION_APP_NAME} may add and read."
