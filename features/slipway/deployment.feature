Feature: Deployed, asked and taken down
  What was pushed is brought up together and asked over the network. Whatever
  goes wrong is told once, with the service's last words; nothing stays up and
  latest stays where it was.

  Background:
    Given a fleet of "keel" and of "hull", which is built on it
    And a file "launch.yml":
      """
      - name: Build
        images: all
        tasks:
          - name: Build
            build: {}
          - name: Push
            push: { tags: [test] }
      - name: Deploy, prove, launch
        images: all
        tasks:
          - name: Deploy
            deploy: { file: deploy/compose.yml, timeout: '{{ .patience | default "1m" }}' }
          - name: Smoke
            smoke: {}
          - name: Promote
            promote: { to: [latest], set: fleet }
      """
    And "hull" is proved by:
      """
        Scenario: it answers
          Given the deployment under test
          Then the deployment under test runs the image under test
          And the service "hull" answers "/" on port 8080 with 200 within "20s"
          When I send a GET request to "http://keel:8080/"
          Then the response body contains "good day"
      """

  Scenario: Two services on one port, and both are proved
    Given a file "deploy/compose.yml":
      """
      services:
        keel: { image: localhost/keel }
        hull: { image: localhost/hull, depends_on: [keel] }
      """
    When I launch the fleet
    Then the exit code is 0
    And it promoted 2 images
    And nothing is left on the machine
    When I launch the fleet again
    Then the exit code is 0
    And nothing has changed

  Scenario Outline: <trouble>
    Given a file "deploy/compose.yml":
      """
      services:
        keel: { image: localhost/keel }
        hull: { image: localhost/hull, <service> }
      """
    When I launch the fleet
    Then the exit code is <code>
    And it says "<message>"
    And "latest" of "keel" does not exist
    And "latest" of "hull" does not exist
    And nothing is left on the machine

    Examples:
      | trouble                               | service                                                                                    | code | message                                 |
      | A container that dies at start        | command: [die]                                                                             | 2    | service hull: it ended with exit code 1 |
      | Its last words are told               | command: [die]                                                                             | 2    | no database to be found                 |
      | A service that never becomes healthy  | healthcheck: { test: ["CMD", "/program", "sing"], interval: 200ms, retries: 2 }            | 2    | service hull:                           |
      | A port that is taken                  | ports: ["{port}:8080"]                                                                     | 2    | {port}                                  |
      | An application that answers 500       | environment: { STATUS: "500" }                                                             | 3    | 0 of 1 scenarios passed                 |

  Scenario: A service that is not ready in time
    Given a file "group_vars/all.yml":
      """
      patience: 3s
      """
    And a file "deploy/compose.yml":
      """
      services:
        keel: { image: localhost/keel }
        hull: { image: localhost/hull, environment: { DELAY: "60" }, healthcheck: { test: ["CMD", "/program", "ask"] } }
      """
    When I launch the fleet
    Then the exit code is 2
    And it says "the deployment was not ready within 3s"
    And "latest" of "hull" does not exist
    And nothing is left on the machine

  Scenario: A compose file with an unknown key
    Given a file "deploy/compose.yml":
      """
      services:
        keel:
          image: localhost/keel
          imagine: something
      """
    When I launch the fleet
    Then the exit code is 6
    And it points to "deploy/compose.yml:4:5"
    And it says "imagine"
    And nothing was built
