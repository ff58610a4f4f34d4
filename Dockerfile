# The server alone: `lazi serve`, `migrate`, `sync`, `tenant`, `token`. The Playground belongs to `lazi dev` and is not in it.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /lazi .

# No shell, no package manager, no root: certificates and the binary, which has its own time zones.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /lazi /lazi
EXPOSE 3001
ENTRYPOINT ["/lazi"]
CMD ["serve"]
