@image:web
Feature: The board serves pages and shuts down cleanly

  Scenario: The image holds the program, its pages and nothing else
    Given the image under test
    Then the file "/web" is executable by "other"
    And the file "/pages/about.html" exists
    And the file "/bin/sh" does not exist
    And the image has at most 2 layers
    And the image entrypoint is ["/web"]
    And the image command is ["-api", "http://api:8080"]
    And the image exposes port 8080/tcp
    And the image stop signal is "SIGTERM"
    And the image label "harbour.tier" equals "service"

  Scenario: It answers its probe, with or without the api
    Given a running container
    When I GET "{{ .health_path }}" on port 8080 within "30s"
    Then the response status is 200
    And the response JSON path "status" equals "UP"

  Scenario: It serves the fixed pages
    Given a running container
    When I GET "/about.html" on port 8080 within "30s"
    Then the response status is 200
    And the response header "Content-Type" contains "text/html"
    And the response body contains "About the harbour"

  Scenario: It says so when the api does not answer
    Given a running container with arguments "-api http://127.0.0.1:1"
    When I GET "/" on port 8080 within "30s"
    Then the response status is 502
    And the log contains "asking api" within "10s"

  Scenario: It ends when it is told to
    Given a running container
    When port 8080 is open within "30s"
    And I stop the container with a grace period of "10s"
    Then the container exits with code 0 within "10s"
    And the log contains "stopped" within "10s"
