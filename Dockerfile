# Two images from one file: `blog` (web server, worker, commands) and `nginx` before it.
#   docker build --tag bluelog .
#   docker build --target nginx --build-arg DOMAIN=blog.example.com --tag bluelog-nginx .
# docs/deploy/containers.md says how they go together.

FROM python:3.13-slim-trixie AS python

# --- The packages of Pipfile.lock, compared with its checksums ------------------------------------
FROM python AS packages
ENV PIPENV_VENV_IN_PROJECT=1 PIPENV_IGNORE_VIRTUALENVS=1 PIPENV_VERBOSITY=-1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python3 -m venv /opt/bluelog/tools \
    && /opt/bluelog/tools/bin/python -m pip install --quiet "pipenv~=2026.10"
WORKDIR /opt/bluelog/current
COPY Pipfile Pipfile.lock ./
# Which groups of the Pipfile: "packages postgres s3 redis" is all that a server can use.
ARG CATEGORIES="packages"
RUN /opt/bluelog/tools/bin/pipenv sync --python "$(command -v python3)" --categories "$CATEGORIES" \
    && .venv/bin/python -m pip uninstall --quiet --yes pip \
    && .venv/bin/python -m compileall -q .venv/lib

# --- The code, and the assets as nginx hands them out ---------------------------------------------
FROM python AS code
WORKDIR /opt/bluelog/current
# .dockerignore lets in what a server needs, and nothing else.
COPY . .
RUN python3 -c "from pathlib import Path; from deploy.assets import lay_out; lay_out(Path.cwd())" \
    && python3 -m compileall -q bluelog migrations deploy wsgi.py \
    && chmod -R a+rX .

# --- The site of nginx with the blog's name in it -------------------------------------------------
FROM code AS site
ARG DOMAIN
# As in the blog's settings, if it is set there; nginx takes as much.
ARG BLUELOG_MAX_UPLOAD_BYTES=""
RUN mkdir -p /etc/bluelog \
    && echo "BLUELOG_MAX_UPLOAD_BYTES=$BLUELOG_MAX_UPLOAD_BYTES" >/etc/bluelog/bluelog.env \
    && deploy/write "${DOMAIN:?is the name of the blog, such as blog.example.com}" nginx --under /site --nginx 1.26

FROM debian:trixie-slim AS nginx
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends nginx openssl \
    && rm -rf /var/lib/apt/lists/* /etc/nginx/sites-enabled/default \
    && sed -i "s/worker_connections .*;/worker_connections 4096;/" /etc/nginx/nginx.conf \
    && echo "worker_rlimit_nofile 16384;" >/etc/nginx/modules-enabled/90-bluelog.conf \
    && ln -s ../sites-available/bluelog ../sites-available/bluelog-strangers /etc/nginx/sites-enabled/ \
    && install -d -m 700 -o www-data -g www-data /var/cache/nginx-bluelog \
    && ln -sf /dev/stdout /var/log/nginx/bluelog.access.log \
    && ln -sf /dev/stderr /var/log/nginx/bluelog.error.log \
    && ln -sf /dev/stderr /var/log/nginx/error.log
COPY --from=site /site/ /
COPY --from=code /opt/bluelog/current/assets /opt/bluelog/current/assets
COPY --from=code /opt/bluelog/current/bluelog/static /opt/bluelog/current/bluelog/static
COPY deploy/container/start-nginx /usr/local/bin/start-nginx
ARG DOMAIN
ENV DOMAIN=$DOMAIN
EXPOSE 80 443
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/443"]
CMD ["start-nginx"]

# --- The blog: the last stage is what is built when none is named ---------------------------------
FROM python AS blog
ARG CATEGORIES="packages"
# pg_dump and pg_restore, for `flask backup`, where the database is PostgreSQL.
# hadolint ignore=DL3008
RUN case " $CATEGORIES " in *" postgres "*) \
      apt-get update \
      && apt-get install --yes --no-install-recommends postgresql-client \
      && rm -rf /var/lib/apt/lists/* ;; \
    esac \
    && groupadd --gid 10001 bluelog \
    && useradd --uid 10001 --gid 10001 --home-dir /var/lib/bluelog --no-create-home \
               --shell /usr/sbin/nologin bluelog \
    && install -d -m 711 -o bluelog -g bluelog /var/lib/bluelog \
    && install -d -m 755 -o bluelog -g bluelog /var/lib/bluelog/uploads /run/bluelog
COPY --from=code /opt/bluelog/current /opt/bluelog/current
COPY --from=packages /opt/bluelog/current/.venv /opt/bluelog/current/.venv
WORKDIR /opt/bluelog/current
ENV PATH="/opt/bluelog/current/.venv/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/var/lib/bluelog \
    PORT=8000 \
    FLASK_APP=bluelog \
    FLASK_CONFIG=production \
    BLUELOG_DATA_DIR=/var/lib/bluelog \
    BLUELOG_LOGGING_PATH=stream
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=6s --start-period=30s \
    CMD ["python", "-m", "deploy.alive"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py"]
